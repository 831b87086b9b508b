import { assertEquals } from "@std/assert";
import { createTask, Queue, sleep } from "@quartet/concurrency/asyncio";
import { load } from "./load.ts";
import { virtually } from "./virtual_time.ts";

const { nextOrder } = await load<typeof import("../solutions/05_lost_item.ts")>("05_lost_item");

Deno.test("an order that comes in time is taken", async () => {
  await virtually(async () => {
    const orders = new Queue<string>();
    const waiting = createTask(() => nextOrder(orders, 1000));
    await sleep(999);
    await orders.put("soup");
    assertEquals(await waiting, "soup");
  });
});

Deno.test("an order that comes after the cook gave up waits for the next time", async () => {
  await virtually(async () => {
    const orders = new Queue<string>();
    assertEquals(await nextOrder(orders, 1000), null);
    await orders.put("soup");
    assertEquals(orders.qsize(), 1, "the order has gone to a get() that nobody waits for");
    assertEquals(await nextOrder(orders, 1000), "soup");
  });
});

Deno.test("an order that comes in the last instant is taken or left, and never lost", async () => {
  for (const early of [true, false]) {
    await virtually(async () => {
      const orders = new Queue<string>();
      const put = async (): Promise<void> => {
        await sleep(1000);
        await orders.put("soup");
      };
      const putting = early ? createTask(put) : null;
      const waiting = createTask(() => nextOrder(orders, 1000));
      await (putting ?? createTask(put));
      const first = await waiting;
      assertEquals(first ?? await nextOrder(orders, 1000), "soup");
    });
  }
});
