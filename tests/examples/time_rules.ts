/**
 * The time relations of the listings, in seconds.
 *
 * What overlaps is read from the order of the lines: it would be another if one waited for the other. What adds up, and who
 * waits for whom, is read from times that cannot be shorter on any machine. No rule says that something has to be fast: a
 * machine that is busy with other things stretches everything.
 */
import type { ExampleRun } from "./run_example.ts";

/** Whether the times of a run are as they should be. */
export type TimeRule = (run: ExampleRun) => boolean;

/** How much earlier a line may seem to be, since the one before it may have been read late. */
const EARLY = 0.3;

/** The lines come no earlier than these times after the first one. */
export function notBefore(times: readonly number[]): TimeRule {
  return ({ lines }) =>
    lines.length === times.length && times.every((time, i) => lines[i]!.at >= time - EARLY);
}

/** From the first line to the end of the process it is at least as long: what is waited for adds up. */
export function lasts(seconds: number): TimeRule {
  return ({ span }) => span >= seconds - EARLY;
}

/** From the start of the process to its end it is at least as long. */
export function takes(seconds: number): TimeRule {
  return ({ total }) => total >= seconds;
}

/** All of these hold. */
export function all(...rules: readonly TimeRule[]): TimeRule {
  return (run) => rules.every((rule) => rule(run));
}

/** Lines match at least so often, and no more than there was time for, with a pause of `pause` after each. */
export function turns(pattern: RegExp, least: number, pause: number): TimeRule {
  return ({ lines, span }) => {
    const found = lines.filter(({ text }) => pattern.test(text)).length;
    return found >= least && (found - 1) * pause <= span + EARLY;
  };
}

/** The program's own measure, in its first line: at least the longest wait, and less than the sum of all, if that is given. */
export function says(low: number, sum = Infinity): TimeRule {
  return ({ lines }) => {
    const seconds = Number(lines[0]?.text);
    return low <= seconds && seconds < sum;
  };
}

/** 12: each is served for a second; two wait for one of three to end, and not each for the one before: that takes four. */
export const threeThenTwo: TimeRule = (run) => {
  const served = run.lines.map(({ text }) => Number(/time: (\d+\.\d+)/.exec(text)?.[1]));
  return notBefore([0, 0, 0, 1, 1])(run) && run.lines.at(-1)!.at < 4 &&
    served.every((seconds) => seconds > 0.99);
};

/** Three lines, a second between them, also in what they say. */
export const clock: TimeRule = (run) => {
  const shown = run.lines.map(({ text }) => Date.parse(text.split(" is ")[1]!) / 1000);
  return notBefore([0, 1, 2])(run) && lasts(3)(run) &&
    shown.every((time, i) => i === 0 || time - shown[i - 1]! >= 1);
};
