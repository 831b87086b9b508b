/**
 * 44: bob and alice on two threads, which report through a queue.
 *
 * Python: examples/python/44_threads_queue.py
 * Run:    deno run --allow-read=. examples/listings/44_threads_queue.ts
 * Watch:  the results come in the order of completion. The slide waits for ever, since nobody puts the `None` at which
 *         it stops; here the queue is shut down, which ends the loop over it.
 * Errata: as printed it waits for ever. More in examples/ERRATA.md.
 */
import { portable, sleepSync, Thread } from "@quartet/concurrency/threading";
import { Queue } from "@quartet/concurrency/queue";

const f = portable(import.meta, function f(name: string, timeout: number, q: Queue<string>): void {
  sleepSync(timeout * 1000);
  console.log("hello", name);
  q.putSync(`${name} done!`);
});

if (import.meta.main) {
  const q = new Queue<string>(); // thread-safe queue
  const bob = new Thread({ target: f, args: ["bob", 0.3, q] });
  bob.start(); // start the thread

  const alice = new Thread({ target: f, args: ["alice", 0.1, q] });
  alice.start(); // start the thread

  // wait for threads to complete
  await bob.join();
  await alice.join();

  q.shutdown();
  // print results from intercommunication object
  for await (const result of q) console.log(result);
}
