/**
 * 07: how often CPython's global lock changes hands, in seconds.
 *
 * Python: 07_switch_interval.py
 * Run:    deno run examples/listings/07_switch_interval.ts
 *         and measured: deno run --allow-read=. examples/listings/07_switch_interval.ts --gil
 * Watch:  JavaScript's threads have no such lock; `Gil` builds it on purpose, with the same 5 ms. With `--gil` two threads
 *         compute as they do here, under that lock, and under the one that CPython had before 3.2, which was let go of
 *         after a hundred instructions: under either two threads take as long as one after the other.
 */
import { Barrier, checkpoint, Gil, portable, Thread } from "@quartet/concurrency/threading";

const compute = portable(import.meta, function compute(begin: Barrier, gil: Gil | null): void {
  const work = (): void => {
    let sum = 0;
    for (let i = 0; i < 20_000_000; i++) {
      sum += Math.sqrt(i);
      if (i % 1000 === 0) checkpoint(); // between two "instructions"
    }
    if (sum < 0) throw new RangeError("the sum of roots is not negative");
  };
  begin.waitSync();
  if (gil) gil.run(work);
  else work();
});

if (import.meta.main) {
  console.log(new Gil().statistics().interval / 1000);
  if (Deno.args.includes("--gil")) {
    for (
      const [name, gil] of [
        ["no lock", null],
        ["5 ms slices", new Gil()],
        ["100 ticks", new Gil({ algorithm: "ticks" })],
      ] as const
    ) {
      const begin = new Barrier(3);
      const threads = [1, 2].map(() => new Thread({ target: compute, args: [begin, gil] }).start());
      await begin.wait();
      const start = performance.now();
      for (const thread of threads) await thread.join();
      const ms = Math.round(performance.now() - start);
      console.log(`${name.padEnd(12)} ${ms} ms, ${gil?.statistics().switches ?? 0} switches`);
    }
  }
}
