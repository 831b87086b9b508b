/**
 * asyncio's own Event, Semaphore and Queue, with which coroutines work together.
 *
 * Run:    deno run examples/loop/together.ts
 * Watch:  they have the names of those for threads and are for one loop only: no thread is blocked by them, and none
 *         may use them but the loop's. Nothing is interrupted between two `await`, so a count needs no lock here.
 */
import { Event, gather, Queue, run, Semaphore, sleep } from "@quartet/concurrency/asyncio";
import { show } from "../show.ts";

await run(async () => {
  // An event: three wait, one tells them.
  const [open, entered] = [new Event(), [] as string[]];
  const guest = async (name: string): Promise<void> => {
    await open.wait();
    entered.push(name);
  };
  await gather(
    ...["ann", "bob", "cid"].map((name) => () => guest(name)),
    async () => {
      await sleep(5);
      show("Event: before set()", entered);
      open.set();
    },
  );
  show("Event: one set() frees all", entered);

  // A semaphore: six requests, two at once.
  const connections = new Semaphore(2);
  let [inside, most] = [0, 0];
  const request = async (): Promise<void> => {
    using _connection = await connections.acquire();
    most = Math.max(most, ++inside);
    await sleep(3);
    inside--;
  };
  await gather(...Array.from({ length: 6 }, () => request));
  show("Semaphore(2): the most of six requests at once", most);

  // A queue: a producer that may be one ahead, a consumer, and join().
  const [orders, log] = [new Queue<string>(1), [] as string[]];
  const produce = async (): Promise<void> => {
    for (const order of ["tea", "cake", "bill"]) {
      await orders.put(order); // waits while the queue is full
      log.push(`put ${order}`);
    }
    await orders.join();
    log.push("all are done");
    orders.shutdown();
  };
  const consume = async (): Promise<void> => {
    for await (const order of orders) {
      await sleep(1);
      log.push(`done ${order}`);
      orders.taskDone();
    }
  };
  await gather(produce, consume);
  show("Queue: ends with", log.slice(-2));
  show("Queue: the producer was held back", log.indexOf("put bill") > log.indexOf("done tea"));
});
