/** The time relations of the listings: what overlaps does overlap, what adds up adds up. Seconds. */
import type { ExampleRun } from "./run_example.ts";

/** Whether the times of a run are as they should be. */
export type TimeRule = (run: ExampleRun) => boolean;

/** How much earlier a line may seem to be, since the first may have been late. */
const EARLY = 0.05;

/** The lines come at these times after the first one. */
export function at(times: readonly number[], slack = 0.45): TimeRule {
  return ({ lines }) =>
    lines.length === times.length &&
    times.every((time, i) => {
      const line = lines[i]!.at;
      return time - EARLY <= line && line <= time + slack;
    });
}

/** From the first line to the end of the process. */
export function spans(low: number, high: number): TimeRule {
  return ({ span }) => low - EARLY <= span && span < high;
}

/** From the start of the process to its end; Deno's own start is part of it. */
export function takes(low: number, high: number): TimeRule {
  return ({ total }) => low <= total && total < high;
}

/** All of these hold. */
export function all(...rules: readonly TimeRule[]): TimeRule {
  return (run) => rules.every((rule) => rule(run));
}

/** The first `count` lines come within `seconds`. */
export function firstLinesWithin(count: number, seconds: number): TimeRule {
  return ({ lines }) => lines.slice(0, count).every((line) => line.at < seconds);
}

/** Lines that match follow each other with at least this between them. */
export function apart(pattern: RegExp, seconds: number): TimeRule {
  return ({ lines }) => {
    const times = lines.filter(({ text }) => pattern.test(text)).map((line) => line.at);
    return times.every((time, i) => i === 0 || time - times[i - 1]! >= seconds);
  };
}

/** So many lines match. */
export function count(pattern: RegExp, low: number, high: number): TimeRule {
  return ({ lines }) => {
    const found = lines.filter(({ text }) => pattern.test(text)).length;
    return low <= found && found <= high;
  };
}

/** The program's own measure, in its first line. */
export function says(low: number, high: number): TimeRule {
  return ({ lines }) => {
    const seconds = Number(lines[0]?.text);
    return low <= seconds && seconds < high;
  };
}

/** 12: three are served at once, and before the other two, who have waited for a free office. */
export const threeThenTwo: TimeRule = ({ lines }) => {
  const served = lines.map(({ text }) => Number(/time: (\d+\.\d+)/.exec(text)?.[1]));
  return served.length === 5 &&
    served.slice(0, 3).every((seconds) => 0.99 < seconds && seconds < 1.4) &&
    served.slice(3).every((seconds) => 1.4 < seconds && seconds < 2.9);
};

/** Three lines, a second between them, also in what they say. */
export const clock: TimeRule = (run) => {
  const shown = run.lines.map(({ text }) => Date.parse(text.split(" is ")[1]!) / 1000);
  return at([0, 1, 2], 0.6)(run) && spans(3, 4.8)(run) &&
    shown.every((time, i) => i === 0 || (time - shown[i - 1]! >= 1 && time - shown[i - 1]! <= 2));
};
