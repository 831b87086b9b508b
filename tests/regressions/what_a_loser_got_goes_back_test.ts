/** What a function, a bound wait or a race had got that lost a race was kept by nobody: an item, a lock, a permit was gone. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import * as asyncio from "../../src/asyncio/mod.ts";
import {
  type Awaitable,
  CancelledError,
  createTask,
  gather,
  race,
  run,
  waitFor,
} from "../../src/asyncio/mod.ts";
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

Deno.test("race() of two functions that return the same wait gives its item once", async () => {
  const others = [
    (wait: PromiseLike<number>) => () => wait,
    (wait: PromiseLike<number>) => wait,
  ];
  await run(async () => {
    for (const other of others) {
      const queue = new asyncio.Queue<number>();
      const get = queue.get();
      const first = race<number>(() => get, other(get));
      await asyncio.sleep(0);
      await queue.put(1);
      assertEquals(await first, 1);
      assertEquals(queue.qsize(), 0);
    }
  });
});

Deno.test("gather() of two functions that return the same wait gives its item back once", async () => {
  await run(async () => {
    for (const isThere of [true, false]) {
      const queue = new asyncio.Queue<number>();
      if (isThere) await queue.put(1);
      const get = queue.get();
      const all = gather(() => get, () => get, get, () => new asyncio.Queue<number>().get());
      for (let i = 0; i < 5; i++) await asyncio.sleep(0);
      if (!isThere) await queue.put(1);
      for (let i = 0; i < 5; i++) await asyncio.sleep(0);
      all.cancel();
      await assertRejects(() => all.then(), CancelledError);
      assertEquals(queue.qsize(), 1);
    }
  });
});

Deno.test("what goes back to a queue comes to stand there in its order", async () => {
  await run(async () => {
    const queue = new asyncio.Queue<number>();
    for (const item of [1, 2, 3]) await queue.put(item);
    const get = (): PromiseLike<number> => queue.get();
    assertEquals(await race(queue.get(), queue.get(), queue.get()), 1);
    assertEquals([await queue.get(), await queue.get()], [2, 3]);

    for (const item of [1, 2, 3]) await queue.put(item);
    const all = gather(get, get, get, get);
    while (queue.qsize() > 0) await asyncio.sleep(0);
    await asyncio.sleep(0);
    all.cancel();
    await assertRejects(() => all.then(), CancelledError);
    assertEquals([await get(), await get(), await get()], [1, 2, 3]);
  });
});

Deno.test("a task of a function that returns a race gives back what came in the moment of its cancel", async () => {
  const forever = (): PromiseLike<number> => new asyncio.Queue<number>().get();
  const forms: Record<string, (get: () => PromiseLike<number>) => Awaitable<unknown>> = {
    "a race": (get) => race(() => race(get, forever)),
    "a bound wait": (get) => waitFor(() => race(get, forever), 60_000),
    "a gathering": (get) => gather(() => race(get, forever)),
  };
  for (const [name, form] of Object.entries(forms)) {
    for (let turns = 0; turns < 12; turns++) {
      await run(async () => {
        const queue = new asyncio.Queue<number>();
        let taken = 0;
        const task = createTask(async () => {
          await form(() => queue.get());
          taken++;
        });
        for (let i = 0; i < 8; i++) await asyncio.sleep(0);
        await queue.put(1);
        for (let i = 0; i < turns; i++) await (i % 2 === 0 ? null : asyncio.sleep(0));
        task.cancel();
        await task.then(() => {}, () => {});
        assertEquals(taken + queue.qsize(), 1, `${name}, cancelled after ${turns} turns`);
      });
    }
  }
});
