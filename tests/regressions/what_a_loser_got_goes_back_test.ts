/** What a function, a bound wait or a race had got that lost a race was kept by nobody: an item, a lock, a permit was gone. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import * as asyncio from "../../src/asyncio/mod.ts";
import { type Awaitable, createTask, gather, race, run, waitFor } from "../../src/asyncio/mod.ts";
import * as multiprocessing from "../../src/multiprocessing/mod.ts";
import * as threads from "../../src/queue/mod.ts";
import { Lock } from "../../src/threading/mod.ts";

/** What the tests use of a queue. */
interface ItemQueue {
  put(item: number): PromiseLike<unknown>;
  get(): PromiseLike<number>;
  qsize(): number | PromiseLike<number>;
}

const makers: Record<string, () => ItemQueue> = {
  "asyncio.Queue": () => new asyncio.Queue<number>(),
  "queue.Queue": () => new threads.Queue<number>(),
  "multiprocessing.Queue": () => new multiprocessing.Queue<number>(),
};

for (const [name, make] of Object.entries(makers)) {
  const filled = async (): Promise<ItemQueue> => {
    const queue = make();
    await queue.put(1);
    return queue;
  };

  Deno.test(`race() of functions takes one item of two of ${name}`, async () => {
    await run(async () => {
      const [a, b] = [await filled(), await filled()];
      assertEquals(await race(() => a.get(), () => b.get()), 1);
      assertEquals(await a.qsize() + await b.qsize(), 1);
    });
  });

  const forms: Record<string, (queue: ItemQueue) => Awaitable<unknown>> = {
    "bounded functions": (queue) => waitFor(() => queue.get(), 60_000),
    "bounded waits": (queue) => waitFor(queue.get(), 60_000),
    "races": (queue) => race(() => queue.get(), () => make().get()),
    "gathered functions": (queue) => gather(() => queue.get()),
  };
  for (const [what, form] of Object.entries(forms)) {
    Deno.test(`race() of ${what} takes one item of two of ${name}`, async () => {
      await run(async () => {
        const [a, b] = [await filled(), await filled()];
        assertEquals([await race(form(a), form(b))].flat(), [1]);
        assertEquals(await a.qsize() + await b.qsize(), 1);
      });
    });
  }

  Deno.test(`gather() that is cancelled gives back what a function got of ${name}`, async () => {
    await run(async () => {
      const queue = await filled();
      const empty = make();
      const all = gather(() => queue.get(), () => empty.get());
      while (await queue.qsize() > 0) await asyncio.sleep(0);
      all.cancel();
      await all.then(() => {}, () => {});
      assertEquals(await queue.qsize(), 1);
    });
  });

  Deno.test(`a task that lost a race keeps its item of ${name}: it is its maker's`, async () => {
    await run(async () => {
      const [a, b] = [await filled(), await filled()];
      const tasks = [createTask(() => a.get()), createTask(() => b.get())];
      await Promise.all(tasks);
      assertEquals(await race(tasks), 1);
      assertEquals(tasks.map((task) => task.result()), [1, 1]);
      assertEquals(await a.qsize() + await b.qsize(), 0);
    });
  });
}

Deno.test("race() of functions releases a lock that lost", async () => {
  await run(async () => {
    const [a, b] = [new Lock(), new Lock()];
    using _guard = await race(() => a.acquire(), () => b.acquire());
    assertEquals([a.locked(), b.locked()], [true, false]);
  });
});
