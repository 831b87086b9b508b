/**
 * 13: five workers wait for an event; one `set()` frees them all.
 *
 * Python: examples/python/13_event_workers.py
 * Run:    deno run --allow-read=. examples/listings/13_event_workers.ts
 * Watch:  no worker speaks before the event is set; then all do, in any order.
 */
import { Event, portable, Thread } from "@quartet/concurrency/threading";

const worker = portable(import.meta, function worker(name: string, event: Event): void {
  event.waitSync();
  console.log(`Worker: ${name}`);
});

if (import.meta.main) {
  const event = new Event();
  // Clear event
  event.clear();
  // Create and start workers
  const workers = [0, 1, 2, 3, 4].map((i) =>
    new Thread({ target: worker, args: [`wrk ${i}`, event] })
  );
  for (const each of workers) each.start();
  console.log("Main thread");
  event.set();
}
