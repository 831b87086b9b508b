/** An item that an iterator found ready, without a wait, goes back when nobody takes it. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { CancelledError, Event, gather, openChannel, Queue, run } from "../../src/asyncio/mod.ts";

/** What iterates, with an item in it, and how many items are there. */
interface Filled {
  readonly items: AsyncIterable<string>;
  size(): number;
}

const fills: Record<string, () => Filled> = {
  "a queue"() {
    const queue = new Queue<string>();
    queue.putNowait("item");
    return { items: queue, size: () => queue.qsize() };
  },
  "a channel"() {
    const [sender, receiver] = openChannel<string>(1);
    sender.trySend("item");
    return { items: receiver, size: () => receiver.statistics().size };
  },
};

for (const [name, fill] of Object.entries(fills)) {
  Deno.test(`an item of ${name} that was ready goes back from what was cancelled`, async () => {
    await run(async () => {
      const { items, size } = fill();
      const iterator = items[Symbol.asyncIterator]();
      const both = gather(iterator.next(), new Event().wait());
      assertEquals(size(), 0);
      both.cancel();
      await assertRejects(async () => await both, CancelledError);
      assertEquals(size(), 1);
      assertEquals(await iterator.next(), { done: false, value: "item" });
    });
  });

  Deno.test(`an iterator of ${name} that was ended takes no item that is ready`, async () => {
    await run(async () => {
      const { items, size } = fill();
      const iterator = items[Symbol.asyncIterator]();
      await iterator.return!();
      assertEquals(await iterator.next(), { done: true, value: undefined });
      assertEquals(size(), 1);
    });
  });
}

Deno.test("an iterator of a channel whose end was closed takes no item that is ready", async () => {
  await run(async () => {
    const [sender, receiver] = openChannel<string>(1);
    sender.trySend("item");
    const iterator = receiver[Symbol.asyncIterator]();
    const other = receiver.clone();
    receiver.close();
    await assertRejects(() => iterator.next(), Error, "closed");
    assertEquals(other.tryReceive(), "item");
    sender.close();
    other.close();
  });
});
