/**
 * 06: five threads on one function; each has a name, and nobody waits for them.
 *
 * Python: 06_threads_doubler.py
 * Run:    deno run --allow-read=. examples/listings/06_threads_doubler.ts
 *         and under CPython's lock: the same with --gil
 * Watch:  the order of the threads is not determined. The function is `portable`, since a thread finds it by importing
 *         this module again: what the script does by itself stands behind `import.meta.main`. In CPython one thread at a
 *         time runs, and is not bound to end before the next begins; under `Gil` it is so here too.
 */
import { currentThread, Gil, portable, Thread } from "@quartet/concurrency/threading";

/** A function that can be used by a thread. */
const doubler = portable(import.meta, function doubler(number: number, gil: Gil | null): void {
  const work = (): void => {
    console.log(currentThread().name + "\n");
    console.log(number * 2);
    console.log();
  };
  if (gil) gil.run(work);
  else work();
});

if (import.meta.main) {
  const gil = Deno.args.includes("--gil") ? new Gil() : null;
  for (let i = 0; i < 5; i++) {
    const myThread = new Thread({ target: doubler, args: [i, gil] });
    myThread.start();
  }
}
