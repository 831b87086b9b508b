import { type ClockTimer, realClock } from "../../core/clock.ts";
import { type Watch, watchMainThread, WORD } from "./watchdog_thread.ts";

/**
 * Notices a call that computes without end on this thread, where no timer could fire and no signal be heard any more.
 */
export interface Watchdog extends Disposable {
  /** Says that a call is about to be made here. */
  onCall(workload: string, row: string, call: number, of: number): void;
}

/** How often this thread shows that it is alive between calls, in milliseconds. */
const BEAT_EVERY = 100;

/**
 * Starts one, on a thread of its own.
 *
 * @param rows all names that `onCall` will be given, workload and row.
 * @param signals those that end the command, and what the shell is told then.
 */
export async function openWatchdog(
  rows: readonly (readonly [workload: string, row: string])[],
  timeoutMs: number,
  signals: Watch["signals"],
): Promise<Watchdog> {
  const { Event, SharedArray, Thread } = await import("../../threading/mod.ts");
  const words = new SharedArray(WORD.SIZE, "i32");
  const { view } = words;
  const names = rows.map(([workload, row]) => `${workload}\n${row}`);
  const numbers = new Map(names.map((name, i) => [name, i]));
  const ready = new Event();
  const watch: Watch = { words, timeoutMs, rows: names, signals, ready };
  const { result } = new Thread({
    target: watchMainThread,
    args: [watch],
    daemon: true,
    name: "watchdog",
  }).start();
  // A signal that comes before it is ready would be heard by nobody in a call that computes.
  await Promise.race([ready.wait(), result]);
  let timer: ClockTimer = realClock.setTimer(beat, BEAT_EVERY);
  function beat(): void {
    view[WORD.beats]!++;
    view[WORD.call] = 0;
    timer = realClock.setTimer(beat, BEAT_EVERY);
  }
  return {
    onCall(workload, row, call, of) {
      view[WORD.beats]!++;
      view[WORD.call] = call;
      view[WORD.of] = of;
      view[WORD.which] = numbers.get(`${workload}\n${row}`)!;
    },
    [Symbol.dispose]() {
      timer.cancel();
      view[WORD.stop] = 1;
    },
  };
}
