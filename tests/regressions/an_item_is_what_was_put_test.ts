/** What comes out of a queue is what the item was at the call of `put`, in every form an item can have. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { LifoQueue, PriorityQueue, Queue } from "../../src/queue/mod.ts";
import { until } from "../support/until_waiting.ts";

for (const Kind of [Queue, LifoQueue]) {
  Deno.test(`${Kind.name}: an item that is changed while its put waits goes as it was`, async () => {
    const queue = new Kind<{ list: number[] }>(1);
    queue.putSync({ list: [0] });
    const item = { list: [1] };
    const putting = queue.put(item);
    item.list.push(2);
    await until(() => queue.statistics().waitingToPut === 1);
    item.list.push(3);
    assertEquals(queue.getSync(), { list: [0] });
    await putting;
    assertEquals(queue.getSync(), { list: [1] });
  });
}

Deno.test("PriorityQueue: a priority that is changed while its put waits is the one of the put", async () => {
  const queue = new PriorityQueue<[number, string]>(1);
  queue.putSync([5, "inside"]);
  const item: [number, string] = [1, "waiting"];
  const putting = queue.put(item);
  item[0] = 9;
  item[1] = "changed";
  assertEquals(queue.getSync(), [5, "inside"]);
  await putting;
  assertEquals(queue.getSync(), [1, "waiting"]);
});

Deno.test("a put that is aborted has put nothing, and one that was let in has put once", async () => {
  const queue = new Queue<{ n: number }>(1);
  queue.putSync({ n: 0 });
  for (let round = 1; round <= 50; round++) {
    const controller = new AbortController();
    const putting = queue.put({ n: round }, { signal: controller.signal }).then(
      () => true,
      () => false,
    );
    await until(() => queue.statistics().waitingToPut === 1);
    if (round % 2 === 0) controller.abort();
    queue.getSync(); // in the same turn as the abort
    if (round % 2 === 1) controller.abort();
    const put = await putting;
    assertEquals(queue.qsize(), put ? 1 : 0);
    if (!put) queue.putSync({ n: -1 });
  }
});

Deno.test("strings of every kind and length come out as they went in", () => {
  const queue = new Queue<unknown>();
  const units = ["a", "ä", "☃", "😀", "\0", "\ud800", "\udc00", "\ufeff", "a\ud800b"];
  for (const unit of units) {
    for (const times of [1, 31, 63, 64, 65, 127, 128, 1000, 70_000]) {
      const text = unit.repeat(times);
      queue.putSync(text);
      queue.putSync({ [text]: text, after: [text, 1] });
      assert(queue.getSync() === text, `${JSON.stringify(unit)} × ${times}`);
      assertEquals(queue.getSync(), { [text]: text, after: [text, 1] });
    }
  }
});

Deno.test("a small item after a huge one is not kept in the huge one's room", () => {
  const queue = new Queue<unknown>();
  const text = "ab☃".repeat(1_000_000);
  queue.putSync(text);
  queue.putSync({ n: 1 });
  assert(queue.getSync() === text);
  assertEquals(queue.getSync(), { n: 1 });
});
