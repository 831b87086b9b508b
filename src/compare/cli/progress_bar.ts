import type { Progress } from "../measure/runner.ts";

/** What is done, as a noun: some models are one, some are many. */
const PHASES: Readonly<Record<Progress["phase"], string>> = {
  start: "start",
  run: "round",
  arrivals: "arrivals at a rate",
  trace: "one traced run",
  python: "its own rounds",
  sweep: "sweep",
};

/** A line on the terminal that tells how far the measuring is. */
export interface ProgressBar extends Disposable {
  /** Shows where it stands. */
  show(progress: Progress): void;
}

/** A bar on the terminal behind stderr; in a pipe one that shows nothing. */
export async function openProgressBar(): Promise<ProgressBar> {
  if (!Deno.stderr.isTerminal()) return { show: () => {}, [Symbol.dispose]: () => {} };
  // @ts-types="@types/cli-progress"
  const { default: { Presets, SingleBar } } = await import("cli-progress");
  const bar = new SingleBar({
    format: "{bar} {percentage} %  {what}",
    hideCursor: true,
    clearOnComplete: true,
    barsize: 28,
    gracefulExit: false, // Ctrl-C is the command's own affair
  }, Presets.shades_grey);
  bar.start(100, 0, { what: "gets ready" });
  return {
    show: ({ workload, model, phase, round, fraction }) => {
      const which = phase === "run" ? ` ${round + 1}` : "";
      bar.update(Math.round(fraction * 100), {
        what: `${workload}, ${model}: ${PHASES[phase]}${which}`,
      });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}
