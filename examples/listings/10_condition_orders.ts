/**
 * 10 (and 11, which repeats it): producer and consumers over a condition. A consumer that finds the queue empty
 * waits; the producer fills it and tells them all; one "stop" ends one consumer.
 *
 * Python: examples/python/10_condition_orders.py, 11_condition_orders_repeat.py
 * Run:    deno run --allow-read=. examples/listings/10_condition_orders.ts
 * Watch:  the sleep stands inside the lock, so ten orders take a second: they are not handled side by side. A queue
 *         can wait by itself (`getSync()`); the condition is here to show what it waits with.
 */
import { Condition, portable, sleepSync, Thread } from "@quartet/concurrency/threading";
import { Queue } from "@quartet/concurrency/queue";

/** Consumer function for order processing. */
const orderProcessor = portable(
  import.meta,
  function orderProcessor(name: string, cv: Condition, q: Queue<string>): void {
    while (true) {
      using _held = cv.acquireSync();
      // Wait while queue is empty
      while (q.empty()) cv.waitSync();
      // Get data (order) from queue
      const order = q.tryGet();
      console.log(`${name}: ${order}`);
      // If get "stop" message then stop thread
      if (order === "stop") break;
      sleepSync(100);
    }
  },
);

if (import.meta.main) {
  const cv = new Condition();
  const q = new Queue<string>();

  // Run order processors
  for (const name of ["thread 1", "thread 2", "thread 3"]) {
    new Thread({ target: orderProcessor, args: [name, cv, q] }).start();
  }
  // Put data into queue
  for (let i = 0; i < 10; i++) await q.put(`order ${i}`);
  // Put stop-commands for consumers
  for (let i = 0; i < 3; i++) await q.put("stop");
  // Notify all consumers
  using _held = await cv.acquire();
  cv.notifyAll();
}
