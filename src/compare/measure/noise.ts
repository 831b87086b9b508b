/**
 * How quiet the machine is: a loop of a fixed length, timed on several cores at once.
 *
 * A loop that gets its core to itself waits for none. One that has to share waits for its core, and takes longer than
 * it took at the quietest moment. Its CPU time would not tell: the kernel counts that by ticks of some milliseconds.
 */
import { now } from "../../core/clock.ts";
import { portable } from "../../wire/codec/portable.ts";
import { readCoreWait } from "./usage.ts";

/** How long the loop took. */
export interface NoiseReading {
  /** Of the slowest of the cores, in milliseconds. */
  readonly wallMs: number;
  /** How long that loop waited for its core; `null` where no thread can be told apart. */
  readonly waitedMs: number | null;
}

/** Times the loop. */
export interface NoiseGauge extends AsyncDisposable {
  /** Takes some milliseconds. */
  read(): Promise<NoiseReading>;
}

/** How many times the loop goes round: some 3 ms. */
const LENGTH = 3_000_000;

/** More cores than these are not needed to see that others want them. */
const MOST_CORES = 4;

/** The part of its time that a loop may wait for its core before it counts as disturbed. */
const SHARED = 0.2;
/** How many times as long as at the quietest moment it may take. */
const SLOWED = 1.5;

/** The far side: the loop. */
export const timeLoop: (length: number) => NoiseReading = portable(
  import.meta,
  function timeLoop(length: number): NoiseReading {
    const began = now(); // around the reading of the wait, which so is never longer
    const before = readCoreWait();
    let x = 1;
    for (let i = 0; i < length; i++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
    const waitedMs = before === null ? null : readCoreWait()! - before;
    const wallMs = now() - began + (x === 0.5 ? 1 : 0); // x is used, so the loop is not left out
    return { wallMs, waitedMs };
  },
);

/** Opens a gauge over as many cores as there are, or over this thread alone. */
export async function openNoiseGauge(parallel: boolean): Promise<NoiseGauge> {
  const cores = Math.min(navigator.hardwareConcurrency, MOST_CORES);
  const here: NoiseGauge = {
    read: () => Promise.resolve(timeLoop(LENGTH)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  timeLoop(LENGTH); // compiled now, not while it is timed
  if (!parallel || cores === 1) return here;
  const { ThreadPoolExecutor } = await import("../../futures/mod.ts");
  await using stack = new AsyncDisposableStack();
  const pool = stack.use(new ThreadPoolExecutor({ maxWorkers: cores, minWorkers: cores }));
  await pool.broadcast(timeLoop, LENGTH);
  stack.move();
  return {
    read: async () => slowest(await pool.broadcast(timeLoop, LENGTH)),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** Whether others had the machine during a round, by the readings before and after it. */
export function isDisturbed(readings: readonly NoiseReading[], quietestMs: number): boolean {
  return readings.some(({ wallMs, waitedMs }) =>
    wallMs > SLOWED * quietestMs || (waitedMs !== null && waitedMs > SHARED * wallMs)
  );
}

function slowest(readings: readonly NoiseReading[]): NoiseReading {
  return readings.reduce((a, b) => b.wallMs > a.wallMs ? b : a);
}
