/**
 * 09: an RLock lets four threads in one after the other; each holds it for a second.
 *
 * Python: examples/python/09_rlock_who_am_i.py
 * Run:    deno run --allow-read=. examples/listings/09_rlock_who_am_i.ts
 * Watch:  all four speak at once, then the sleeps add up to four seconds. The one inside takes the lock again, in
 *         `remember`. Threads share no objects here: what is shared (the lock, the list as a queue) is passed, and is
 *         the same thing on every thread.
 * Errata: as printed the list is shown before the threads have put anything into it. More in examples/ERRATA.md.
 */
import { currentThread, portable, RLock, sleepSync, Thread } from "@quartet/concurrency/threading";
import { Queue } from "@quartet/concurrency/queue";

/** Takes the lock for the second time: with a Lock the thread would wait for itself. */
function remember(what: string, lock: RLock, data: Queue<string>): void {
  using _held = lock.acquireSync();
  data.putSync(what);
}

// Named as in the course, since its threads are named for it.
const whoAmI = portable(
  import.meta,
  function who_am_i(what: string, lock: RLock, data: Queue<string>): void {
    const { name, id } = currentThread();
    console.log(`Thread <Thread(${name}, started ${id})> says: ${what}`);
    using _held = lock.acquireSync();
    remember(what, lock, data);
    sleepSync(1000);
  },
);

if (import.meta.main) {
  const lock = new RLock();
  const data = new Queue<string>();
  const threads = [0, 1, 2, 3].map((n) =>
    new Thread({ target: whoAmI, args: [`I'm function ${n}`, lock, data] }).start()
  );
  for (const thread of threads) await thread.join();

  data.shutdown();
  const list = await Array.fromAsync(data);
  console.log(`[${list.map((what) => JSON.stringify(what)).join(", ")}]`);
}
