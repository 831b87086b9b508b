/**
 * 43: bob and alice in two processes, which report through a queue.
 *
 * Python: examples/python/43_processes_simple_queue.py
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/listings/43_processes_simple_queue.ts
 * Watch:  the results come in the order of completion. The `null` at which the loop stops is put after the joins;
 *         the slide forgot it, and waits for ever.
 * Errata: as printed it waits for ever. More in examples/ERRATA.md.
 */
import { portable, Process, SimpleQueue } from "@quartet/concurrency/multiprocessing";
import { sleep } from "@quartet/concurrency/asyncio";

const f = portable(
  import.meta,
  async function f(
    name: string,
    timeout: number,
    queue: SimpleQueue<string | null>,
  ): Promise<void> {
    await sleep(timeout * 1000);
    console.log("hello", name);
    await queue.put(`${name} done!`);
  },
);

if (import.meta.main) {
  // queue for communicating with the processes we will spawn
  const queue = new SimpleQueue<string | null>();
  const bob = new Process({ target: f, args: ["bob", 0.3, queue] });
  bob.start(); // start the process
  const alice = new Process({ target: f, args: ["alice", 0.1, queue] });
  alice.start(); // start the process

  // wait for processes to complete
  await bob.join();
  await alice.join();

  await queue.put(null);
  // print results from intercommunication object
  for (let result; (result = await queue.get()) !== null;) console.log(result);
}
