/**
 * 12: a semaphore of three as three ticket offices for five clients, a second for each client.
 *
 * Python: examples/python/12_semaphore_tickets.py
 * Run:    deno run --allow-read=. examples/listings/12_semaphore_tickets.ts
 * Watch:  three are served at once, two wait: two seconds in all, not five.
 * Errata: the "service time" of the slide includes the wait for a free office. More in examples/ERRATA.md.
 */
import { BoundedSemaphore, portable, sleepSync, Thread } from "@quartet/concurrency/threading";

const ticketBuyer = portable(
  import.meta,
  function ticketBuyer(number: number, ticketOffice: BoundedSemaphore): void {
    const startService = performance.now();
    using _served = ticketOffice.acquireSync();
    sleepSync(1000);
    console.log(
      `client ${number}, service time: ${(performance.now() - startService) / 1000}`,
    );
  },
);

if (import.meta.main) {
  const ticketOffice = new BoundedSemaphore(3);
  const buyers = [0, 1, 2, 3, 4].map((i) =>
    new Thread({ target: ticketBuyer, args: [i, ticketOffice] })
  );
  for (const buyer of buyers) buyer.start();
}
