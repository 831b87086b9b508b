/**
 * 06: five threads on one function; each has a name, and nobody waits for them.
 *
 * Python: 06_threads_doubler.py
 * Run:    deno run --allow-read=. examples/listings/06_threads_doubler.ts
 * Watch:  the order of the threads is not determined. The function is `portable`, since a thread finds it by importing
 *         this module again: what the script does by itself stands behind `import.meta.main`.
 */
import { currentThread, portable, Thread } from "@quartet/concurrency/threading";

/** A function that can be used by a thread. */
const doubler = portable(import.meta, function doubler(number: number): void {
  console.log(currentThread().name + "\n");
  console.log(number * 2);
  console.log();
});

if (import.meta.main) {
  for (let i = 0; i < 5; i++) {
    const myThread = new Thread({ target: doubler, args: [i] });
    myThread.start();
  }
}
