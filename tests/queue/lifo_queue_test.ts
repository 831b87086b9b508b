import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { LifoQueue } from "../../src/queue/mod.ts";
import { Lock } from "../../src/threading/mod.ts";

Deno.test("LifoQueue: the last to come is the first to go", () => {
  const queue = new LifoQueue<unknown>();
  for (const item of [111, "two", { three: 3 }, null]) queue.putSync(item);
  const got = [queue.getSync(), queue.getSync(), queue.getSync(), queue.getSync()];
  assertEquals(got, [null, { three: 3 }, "two", 111]);
  assertEquals(queue.tryGet(), undefined);
});

Deno.test("LifoQueue grows, is bounded, joins and shuts down as any queue", async () => {
  const queue = new LifoQueue<number>(100);
  for (let i = 0; i < 100; i++) queue.putSync(i);
  assertEquals([queue.tryPut(100), queue.full()], [false, true]);
  for (let i = 99; i >= 0; i--) assertEquals(await queue.get(), i);
  const lock = new Lock();
  const mixed = new LifoQueue<unknown>();
  mixed.putSync([lock]);
  mixed.shutdown({ immediate: true });
  await mixed.join();
  assertEquals(mixed.qsize(), 0);
});
