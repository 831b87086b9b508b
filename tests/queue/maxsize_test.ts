import "../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { LifoQueue, PriorityQueue, Queue } from "../../src/queue/mod.ts";
import { until } from "../support/until_waiting.ts";

for (const Kind of [Queue, LifoQueue, PriorityQueue]) {
  Deno.test(`${Kind.name}.maxsize can be set: a larger one lets in a waiter`, async () => {
    const queue = new Kind<number>(1);
    queue.putSync(0);
    const putting = [queue.put(1), queue.put(2), queue.put(3)];
    await until(() => queue.statistics().waitingToPut === 3);
    queue.maxsize = 3;
    await until(() => queue.qsize() === 3);
    assertEquals([queue.maxsize, queue.full(), queue.statistics().waitingToPut], [3, true, 1]);
    queue.maxsize = 0;
    await Promise.all(putting);
    assertEquals([queue.qsize(), queue.full()], [4, false]);
  });

  Deno.test(`${Kind.name}.maxsize can be set: a smaller one throws nothing away`, () => {
    const queue = new Kind<number>();
    for (let n = 0; n < 4; n++) queue.putSync(n);
    queue.maxsize = 2;
    assertEquals([queue.qsize(), queue.full(), queue.tryPut(9)], [4, true, false]);
    queue.getSync();
    queue.getSync();
    assertEquals(queue.tryPut(9), false);
    queue.getSync();
    assertEquals(queue.tryPut(9), true);
  });

  Deno.test(`${Kind.name}.maxsize refuses what is no number of items`, () => {
    const queue = new Kind<number>(3);
    for (const wrong of [NaN, 0.5, Infinity, 2 ** 29]) {
      assertThrows(() => queue.maxsize = wrong, RangeError, `maxsize ${wrong}`);
    }
    assertThrows(() => queue.maxsize = "3" as never, TypeError, 'maxsize "3"');
    assertEquals(queue.maxsize, 3);
  });
}
