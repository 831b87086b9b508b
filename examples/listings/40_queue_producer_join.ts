/**
 * 40: the producer puts its data, does something else, and waits with `join()` until all of it is done.
 *
 * Python: examples/python/40_queue_producer_join.py
 * Run:    deno run --allow-read=. examples/listings/40_queue_producer_join.ts
 * Watch:  `join()` ends with the third `taskDone()`, not when the queue is empty. The consumer waits for a fourth item
 *         for ever, and as a daemon does not keep the program alive.
 */
import { portable, sleepSync, Thread } from "@quartet/concurrency/threading";
import { Queue } from "@quartet/concurrency/queue";

const consumer = portable(import.meta, function consumer(q: Queue<string>): void {
  while (true) {
    const data = q.getSync();
    sleepSync(100);
    console.log("consumed", data);
    q.taskDone();
  }
});

if (import.meta.main) {
  const q = new Queue<string>();
  new Thread({ target: consumer, args: [q], daemon: true }).start();

  // Producer
  for (const data of ["data 1", "data 2", "data 3"]) await q.put(data);
  console.log("... something else");
  await q.join();
  console.log("all data processed");
}
