/**
 * 07: for how long a thread keeps CPython's global lock when another asks for it, in seconds.
 *
 * Python: examples/python/07_switch_interval.py
 * Run:    deno run examples/listings/07_switch_interval.ts
 *         and measured: deno run --allow-read=. examples/listings/07_switch_interval.ts --gil
 * Watch:  JavaScript's threads have no such lock; `Gil` builds it on purpose, with the same 5 ms. With `--gil` two
 *         threads compute as they do here, under that lock, and under the one that CPython had before 3.2, which was
 *         let go of after a hundred instructions. Beside each stands how often both were inside of a step: under
 *         either lock never. The first line is what to compare with: the same work one after the other, after a
 *         warm-up.
 * Errata: the lock is not given up "every N seconds" but on request; and since 3.13 there are builds without it. More
 *         in examples/ERRATA.md.
 */
import {
  Barrier,
  checkpoint,
  Gil,
  portable,
  SharedArray,
  Thread,
} from "@quartet/concurrency/threading";

/** Steps of each thread, and what a step computes. */
const STEPS = 1000, STEP = 20_000;
/** What the threads count together: how many are inside of a step, and how often both were. */
const INSIDE = 0, BOTH = 1;

/** Computes; between two steps the lock can go over. */
function steps(count: number, seen: SharedArray): void {
  for (let step = 0; step < count; step++) {
    if (seen.add(INSIDE, 1) > 0) seen.add(BOTH, 1);
    let sum = 0;
    for (let i = 0; i < STEP; i++) sum += Math.sqrt(i);
    if (sum < 0) throw new RangeError("the sum of roots is not negative");
    seen.add(INSIDE, -1);
    checkpoint();
  }
}

/** When it began and when it had ended, by the clock that all threads share. */
const compute = portable(
  import.meta,
  function compute(count: number, begin: Barrier, seen: SharedArray, gil: Gil | null): number[] {
    steps(STEPS / 10, new SharedArray(2)); // warm-up: by now the code is compiled
    begin.waitSync();
    const now = (): number => performance.timeOrigin + performance.now();
    const start = now();
    if (gil) gil.run(() => steps(count, seen));
    else steps(count, seen);
    return [start, now()];
  },
);

if (import.meta.main) {
  console.log(new Gil().statistics().interval / 1000);
  if (Deno.args.includes("--gil")) {
    for (
      const [name, threads, gil] of [
        ["one after the other", 1, null],
        ["two, no lock", 2, null],
        ["two, 5 ms slices", 2, new Gil()],
        ["two, 100 ticks", 2, new Gil({ algorithm: "ticks" })],
      ] as const
    ) {
      const [begin, seen] = [new Barrier(threads, { timeout: 60_000 }), new SharedArray(2)];
      const args: Parameters<typeof compute> = [2 * STEPS / threads, begin, seen, gil];
      const times = await Promise.all(
        Array.from({ length: threads }, () => new Thread({ target: compute, args }).start().result),
      );
      const ms = Math.max(...times.map(([, end]) => end!)) -
        Math.min(...times.map(([start]) => start!));
      console.log(
        `${name.padEnd(20)} ${String(Math.round(ms)).padStart(4)} ms,`,
        `both inside of a step: ${seen.get(BOTH)} of ${2 * STEPS},`,
        `${gil?.statistics().switches ?? 0} switches`,
      );
    }
  }
}
