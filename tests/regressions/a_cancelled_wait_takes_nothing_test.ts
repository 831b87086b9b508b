/** A wait can be cancelled wherever it is given to something: what gives up takes nothing, and nobody loses anything. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import { takers } from "../suites/taker_suite.ts";
import { virtually } from "../support/virtual_run.ts";

/** Something that one can wait for in vain, and how to see that the wait took nothing. */
interface Waited {
  readonly name: string;
  /** Begins to wait; nothing is there. */
  wait(): PromiseLike<unknown>;
  /** Brings one, and checks that it is there for whoever comes. */
  check(): void | Promise<void>;
}

function everything(): Waited[] {
  const lock = new aio.Lock(), held = lock.tryAcquire()!;
  const semaphore = new aio.Semaphore(0);
  const limiter = new aio.CapacityLimiter(1);
  limiter.acquireOnBehalfOf("other");
  const queue = new aio.Queue<number>();
  const full = new aio.Queue<number>(1);
  full.putNowait(1);
  const greenSemaphore = new gevent.lock.Semaphore(0);
  const greenQueue = new gevent.queue.Queue<number>(), channel = new gevent.queue.Channel<number>();
  const [sender, receiver] = aio.openChannel<number>();
  const [otherSender, otherReceiver] = aio.openChannel<number>();
  return [
    {
      name: "Lock.acquire()",
      wait: () => lock.acquire(),
      check() {
        held[Symbol.dispose]();
        assert(lock.tryAcquire() !== null, "nobody has the lock, and it is not free");
      },
    },
    {
      name: "Semaphore.acquire()",
      wait: () => semaphore.acquire(),
      check() {
        semaphore.release();
        assertEquals(semaphore.value, 1);
      },
    },
    {
      name: "CapacityLimiter.acquire()",
      wait: () => limiter.acquireOnBehalfOf({}),
      check() {
        limiter.releaseOnBehalfOf("other");
        assertEquals(limiter.borrowedTokens, 0);
      },
    },
    {
      name: "Queue.get()",
      wait: () => queue.get(),
      check() {
        queue.putNowait(7);
        assertEquals(queue.qsize(), 1);
      },
    },
    {
      name: "Queue.put()",
      wait: () => full.put(2),
      check() {
        assertEquals([full.getNowait(), full.qsize()], [1, 0]);
      },
    },
    {
      name: "gevent Semaphore.acquire()",
      wait: () => greenSemaphore.acquire(),
      check() {
        greenSemaphore.release();
        assertEquals(greenSemaphore.counter, 1);
      },
    },
    {
      name: "gevent Queue.get()",
      wait: () => greenQueue.get(),
      check() {
        greenQueue.putNowait(7);
        assertEquals(greenQueue.qsize(), 1);
      },
    },
    {
      name: "gevent Channel.put()",
      wait: () => channel.put(7),
      check: () => assertEquals(channel.tryGet(), undefined),
    },
    {
      name: "Sender.send()",
      wait: () => sender.send(7),
      check: () => assertEquals(receiver.tryReceive(), undefined),
    },
    {
      name: "Receiver.receive()",
      wait: () => otherReceiver.receive(),
      check: () => assertEquals(otherSender.trySend(7), false),
    },
  ];
}

for (const [name, give] of Object.entries(takers)) {
  Deno.test(
    `what ${name} gives up takes nothing`,
    virtually(async () => {
      for (const { name, wait, check } of everything()) {
        try {
          await give(wait);
          await check();
        } catch (error) {
          throw new Error(name, { cause: error });
        }
      }
    }),
  );
}

Deno.test(
  "a wait is the task's that it was given to, no more the one's that began it",
  virtually(async () => {
    const queue = new aio.Queue<number>();
    let inner: aio.Task<number> | undefined;
    const outer = aio.createTask(async () => {
      inner = aio.createTask(queue.get());
      await aio.sleep(1000);
    });
    await aio.sleep(1);
    outer.cancel();
    await aio.sleep(1);
    queue.putNowait(7);
    assertEquals(await inner!, 7);
  }),
);

Deno.test(
  "shield() shields a wait, and wait() cancels none",
  virtually(async () => {
    for (const take of ["shield", "wait"] as const) {
      const queue = new aio.Queue<number>();
      const seen: unknown[] = [];
      const task = aio.createTask(async () => {
        const item = queue.get();
        item.then((value) => seen.push(value), (error) => seen.push(error));
        if (take === "shield") await aio.shield(item);
        else await aio.wait([item]);
      });
      await aio.sleep(1);
      task.cancel();
      await assertRejects(async () => await task, aio.CancelledError);
      queue.putNowait(7);
      await aio.sleep(1);
      assertEquals(seen, [7], take);
    }
  }),
);

Deno.test(
  "race() takes one: what the losers have got already goes back",
  virtually(async () => {
    const a = new aio.Queue<string>(), b = new aio.Queue<string>();
    a.putNowait("a");
    b.putNowait("b");
    assertEquals(await aio.race(a.get(), b.get()), "a");
    assertEquals([a.qsize(), b.qsize()], [0, 1]);
    const lock = new aio.Lock();
    await aio.race<unknown>(aio.sleep(0), lock.acquire());
    using guard = lock.tryAcquire();
    assert(guard === null, "the lock has won, it was there first");
    const both = [new aio.Lock(), new aio.Lock()];
    using _won = await aio.race(...both.map((each) => each.acquire()));
    assertEquals(both.map((each) => each.locked()), [true, false]);
    // Both come in the same pass of the loop.
    assertEquals(b.getNowait(), "b");
    const first = aio.race(a.get(), b.get(), a.get());
    a.putNowait("x");
    a.putNowait("y");
    assertEquals(await first, "x");
    assertEquals([a.getNowait(), a.qsize(), b.qsize()], ["y", 0, 0]);
  }),
);

Deno.test(
  "a result that has come is given, however late one is",
  virtually(async () => {
    const lock = new aio.Lock();
    {
      using guard = await aio.waitFor(lock.acquire(), 0);
      assert(guard !== null);
    }
    const task = aio.createTask(lock.acquire());
    task.cancel();
    using guard = await task;
    assert(guard !== null && lock.locked());
    // A task that is cancelled after its lock was granted, within the wait of another.
    const queue = new aio.Queue<number>();
    const nested = aio.waitFor(aio.waitFor(queue.get(), 100), 100);
    await aio.sleep(0);
    queue.putNowait(1);
    nested.cancel();
    const end = await nested.then((item) => [item], () => []);
    assertEquals(end.length + queue.qsize(), 1);
  }),
);

Deno.test("a wait that was begun and not awaited ends no program", async () => {
  const died: unknown[] = [];
  const listener = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    died.push(event.reason);
  };
  addEventListener("unhandledrejection", listener);
  try {
    await aio.run(async () => {
      const queue = new aio.Queue<number>();
      const controller = new AbortController();
      const tasks = [() => queue.get(), () => queue.get({ signal: controller.signal })]
        .map((get) =>
          aio.createTask(async () => {
            const item = get();
            await aio.sleep(20);
            return await item;
          })
        );
      await aio.sleep(1);
      tasks[0]!.cancel();
      controller.abort(new Deno.errors.Busy());
      await assertRejects(async () => await tasks[0]!, aio.CancelledError);
      await assertRejects(async () => await tasks[1]!, Deno.errors.Busy);
      // Over as they begin.
      const [sender, receiver] = aio.openChannel<number>();
      sender.close();
      const signal = AbortSignal.abort(new Deno.errors.Busy());
      queue.shutdown();
      void queue.get();
      void queue.put(1);
      void receiver.receive();
      void new aio.Event().wait({ signal });
      void new aio.Lock().acquire({ signal });
      void new aio.Semaphore().acquire({ signal });
      await aio.sleep(1);
      assertEquals(died, []);
      // A mistake of the caller is told.
      void new aio.Lock().acquire(5 as never);
      void new aio.Condition().wait();
      await aio.sleep(1);
      assertEquals(died.splice(0).map((error) => (error as Error).name), [
        "TypeError",
        "NotOwnerError",
      ]);
    });
  } finally {
    removeEventListener("unhandledrejection", listener);
  }
  assertEquals(died, []);
});
