/**
 * 36 (and 37, which repeats it with call-outs): a clock in a thread of its own.
 *
 * Python: examples/python/36_thread_clock.py, 37_thread_clock_annotated.py
 * Run:    deno run --allow-read=. examples/listings/36_thread_clock.ts
 * Watch:  the script has long ended; the program lives as long as its thread.
 * Errata: as printed it never ends; the repeat of 37 does not even parse. More in examples/ERRATA.md.
 */
import { portable, sleepSync, Thread } from "@quartet/concurrency/threading";

const clock = portable(import.meta, function clock(interval: number): void {
  for (let i = 0; i < 3; i++) {
    const [day, month, date, year, time] = new Date().toString().split(" ");
    console.log(`The time is ${day} ${month} ${date} ${time} ${year}`);
    sleepSync(interval);
  }
});

if (import.meta.main) {
  const p = new Thread({ // create a new thread
    target: clock, // function for the thread
    args: [1000], // arguments for the function
  });
  p.start();
}
