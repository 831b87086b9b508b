/**
 * 41 (and 42, which repeats it): the clock of 36 as a process: only the class changes.
 *
 * Python: examples/python/41_process_clock.py, 42_process_clock_annotated.py
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/listings/41_process_clock.ts
 * Watch:  the guard is mandatory, since the new process loads the whole script; without it the child would start a
 *         child of its own, which is refused with an error that says so.
 * Errata: as printed a NameError; the repeat of 42 does not parse. The guard: forkserver is the default on Linux since
 *         3.14. More in examples/ERRATA.md.
 */
import { portable, Process } from "@quartet/concurrency/multiprocessing";
import { sleep } from "@quartet/concurrency/asyncio";

const clock = portable(import.meta, async function clock(interval: number): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const [day, month, date, year, time] = new Date().toString().split(" ");
    console.log(`The time is ${day} ${month} ${date} ${time} ${year}`);
    await sleep(interval);
  }
});

if (import.meta.main) {
  const p = new Process({ target: clock, args: [1000] });
  p.start();
}
