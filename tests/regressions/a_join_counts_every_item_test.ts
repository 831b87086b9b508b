/** `join()` ends when every item is dealt with: thrown away, or taken out and marked. Never before. */
import "../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { LifoQueue, PriorityQueue, Queue } from "../../src/queue/mod.ts";
import { until } from "../support/until_waiting.ts";

for (const Kind of [Queue, LifoQueue, PriorityQueue]) {
  Deno.test(`${Kind.name}: an immediate shutdown counts what it throws away, and no more`, async () => {
    const queue = new Kind<number>();
    for (let n = 0; n < 5; n++) queue.putSync(n);
    queue.getSync();
    queue.getSync();
    let joined = false;
    const joining = queue.join().then(() => joined = true);
    await until(() => queue.statistics().unfinished === 5);
    queue.shutdown({ immediate: true });
    assertEquals([queue.qsize(), queue.unfinishedTasks], [0, 2]);
    queue.taskDone();
    assertEquals([queue.unfinishedTasks, joined], [1, false]);
    queue.taskDone();
    await joining;
    assertThrows(() => queue.taskDone(), RangeError, "too many times");
  });

  Deno.test(`${Kind.name}: an immediate shutdown twice counts nothing twice`, () => {
    const queue = new Kind<number>();
    queue.putSync(1);
    queue.putSync(2);
    queue.getSync();
    queue.shutdown({ immediate: true });
    queue.shutdown({ immediate: true });
    assertEquals(queue.unfinishedTasks, 1);
    queue.taskDone();
    queue.joinSync({ timeout: 0 });
  });
}

Deno.test("a join() that finds another item under way goes on waiting", async () => {
  const queue = new Queue<number>();
  queue.putSync(1);
  let joined = false;
  const joining = queue.join().then(() => joined = true);
  queue.getSync();
  queue.taskDone();
  queue.putSync(2); // before the one that joins has run
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals([joined, queue.unfinishedTasks], [false, 1]);
  queue.getSync();
  queue.taskDone();
  await joining;
});
