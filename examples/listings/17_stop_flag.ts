/**
 * 17: threads cannot be killed; a flag under a lock asks the worker to stop.
 *
 * Python: examples/python/17_stop_flag.py
 * Run:    deno run --allow-read=. examples/listings/17_stop_flag.ts
 * Watch:  the worker ends within one turn and leaves the lock free: `using` lets go also on `break`, which the slide
 *         forgot. The library has this agreement built in: `thread.stop()` ends what the thread waits for, and
 *         `checkpoint()` throws in a loop that does not wait.
 * Errata: as printed the lock stays taken, and "Stop" is said after each turn but the last. The flag needs no lock.
 *         More in examples/ERRATA.md.
 */
import { Lock, portable, sleep, sleepSync, Thread, Value } from "@quartet/concurrency/threading";

const infiniteWorker = portable(
  import.meta,
  function infiniteWorker(lock: Lock, stopThread: Value): void {
    console.log("Start infinite_worker()");
    while (true) {
      console.log("--> thread work");
      {
        using _held = lock.acquireSync();
        if (stopThread.get() === 1) break;
      }
      sleepSync(100);
    }
    console.log("Stop infinite_worker()");
  },
);

if (import.meta.main) {
  const lock = new Lock();
  const stopThread = new Value(0);
  const thread = new Thread({ target: infiniteWorker, args: [lock, stopThread] });
  thread.start();
  await sleep(2000);

  // Stop thread
  {
    using _held = await lock.acquire();
    stopThread.set(1);
  }
  await thread.join();
  console.assert(!lock.locked(), "the worker leaves the lock free");
}
