import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EmptyError, SimpleQueue } from "../../src/queue/mod.ts";

Deno.test("SimpleQueue puts and gets, in order, null and undefined included", async () => {
  const queue = new SimpleQueue<unknown>();
  queue.putSync(null);
  await queue.put(undefined);
  assertEquals(queue.tryPut(0), true);
  assertEquals([queue.qsize(), queue.empty()], [3, false]);
  assertEquals([queue.getSync(), await queue.get(), queue.tryGet()], [null, undefined, 0]);
  assertEquals(queue.tryGet(), undefined);
  await assertRejects(() => queue.get({ timeout: 1 }), EmptyError);
  assertThrows(() => queue.getSync({ timeout: 1 }), EmptyError);
  assertThrows(() => queue.getSync({ timeout: -1 }), EmptyError);
  assertThrows(() => queue.getSync({ timeout: NaN }), RangeError);
});
