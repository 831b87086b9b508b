import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { sleep, sleepSync } from "../../../src/threading/mod.ts";

Deno.test("sleep() lets other work of the thread go on, sleepSync() does not", async () => {
  const order: string[] = [];
  const asleep = sleep(2).then(() => order.push("slept"));
  order.push("meanwhile");
  await asleep;
  assertEquals(order, ["meanwhile", "slept"]);

  const timer = setTimeout(() => order.push("timer"), 0);
  const start = performance.now();
  sleepSync(5);
  assert(performance.now() - start >= 4);
  assertEquals(order.length, 2);
  clearTimeout(timer);
});

Deno.test("sleep() ends with the reason of its signal", async () => {
  const controller = new AbortController();
  const asleep = sleep(60_000, { signal: controller.signal });
  controller.abort(new Error("wake up"));
  await assertRejects(() => asleep, Error, "wake up");
  await assertRejects(() => sleep(1, { signal: controller.signal }), Error, "wake up");
});

Deno.test("sleep() and sleepSync() refuse what is no duration", async () => {
  for (const delay of [NaN, Infinity]) {
    assertThrows(() => sleepSync(delay), RangeError);
    await assertRejects(() => sleep(delay), RangeError);
  }
});
