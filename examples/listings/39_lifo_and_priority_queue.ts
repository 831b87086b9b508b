/**
 * 39: a LifoQueue gives the newest item first, a PriorityQueue the lowest.
 *
 * Python: examples/python/39_lifo_and_priority_queue.py
 * Run:    deno run examples/listings/39_lifo_and_priority_queue.ts
 * Watch:  1, 3, 2 (the reverse of how they came) and 1, 2, 3. Pairs are compared by their first element.
 */
import { LifoQueue, PriorityQueue } from "@quartet/concurrency/queue";

type Item = [priority: number, name: string];

for (const QueueClass of [LifoQueue, PriorityQueue]) {
  const q = new QueueClass<Item>();
  for (const item of [[2, "second"], [3, "third"], [1, "first"]] satisfies Item[]) {
    await q.put(item);
  }
  console.log(QueueClass.name);
  while (!q.empty()) {
    const [priority, name] = await q.get();
    console.log(`(${priority}, '${name}')`);
  }
}
