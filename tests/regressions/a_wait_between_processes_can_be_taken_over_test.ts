/**
 * The waits of processes are withdrawn like those of tasks, whatever takes them and wherever what they wait for lives:
 * the withdrawal is told there, and a grant that crosses it goes back.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import * as mp from "../../src/multiprocessing/mod.ts";
import { waitBehind } from "../../src/core/withdrawal/withdrawable.ts";
import { portable } from "../../src/multiprocessing/mod.ts";
import { takers } from "../suites/taker_suite.ts";
import { waitsIn } from "../support/wait_methods.ts";
import { computeBefore, Gate } from "../support/gate.ts";
import { servedQueue } from "../support/served_queue.ts";
import { until } from "../support/until_waiting.ts";

/** What is made here, or in a child. */
const MAKERS = {
  lock: () => new mp.Lock(),
  rlock: () => new mp.RLock(),
  semaphore: () => new mp.Semaphore(1),
  condition: () => new mp.Condition(new mp.Lock()),
  event: () => new mp.Event(),
  barrier: () => new mp.Barrier(2),
  queue: () => new mp.Queue<unknown>(1),
  joinable: () => new mp.JoinableQueue<unknown>(),
  simple: () => new mp.SimpleQueue<unknown>(),
  servedQueue: () => servedQueue(mp.Queue<unknown>, 1),
  servedJoinable: () => servedQueue(mp.JoinableQueue<unknown>),
  servedSimple: () => servedQueue(mp.SimpleQueue<unknown>),
};
type Makers = typeof MAKERS;

/** The ends of pipes that a child has kept. */
let kept: mp.Connection<unknown> | null = null;

export const work = portable(import.meta, {
  make(kind: keyof Makers): unknown {
    return MAKERS[kind]();
  },
  makePipe(): mp.Connection<unknown> {
    const [mine, other] = mp.Pipe<unknown>();
    kept = mine;
    return other;
  },
  async sendOn(message: unknown): Promise<void> {
    await kept!.send(message);
  },
  async untilSet(end: mp.Event): Promise<void> {
    await end.wait();
  },
  same(n: number): number {
    return n;
  },
  async waitOn([end, n]: [mp.Event, number]): Promise<number> {
    await end.wait();
    return n;
  },
});

/** Where things are made. */
interface Place {
  make<K extends keyof Makers>(kind: K): Promise<ReturnType<Makers[K]>>;
  pipe(): Promise<{
    readonly end: mp.Connection<unknown>;
    /** Sends to `end` from its other one. */
    send(message: unknown): Promise<void>;
  }>;
}

/** Something that one can wait for in vain, and how to see that a wait that was given up took nothing. */
interface Waited {
  wait(): PromiseLike<unknown>;
  check(): unknown;
  end?(): unknown;
}

function locked(kind: "lock" | "rlock" | "semaphore"): (place: Place) => Promise<Waited> {
  return async (place) => {
    const lock = await place.make(kind);
    return await heldByAnother(lock, () => lock.acquire());
  };
}

/** Something that another task holds. */
async function heldByAnother(
  lock: mp.Lock | mp.RLock | mp.Semaphore | mp.Condition,
  acquire: () => Promise<AsyncDisposable>,
): Promise<Waited> {
  const release = new aio.Event(), ready = new aio.Event();
  const holder = aio.createTask(async () => {
    await using _held = await acquire();
    ready.set();
    await release.wait();
  });
  await ready.wait();
  return {
    wait: acquire,
    async check() {
      if (!(lock instanceof mp.Condition)) assertEquals((await lock.statistics()).waiting, 0);
      release.set();
      await holder;
      await using held = await lock.tryAcquire();
      assert(held !== null, "nobody has it, and it is not free");
    },
  };
}

function notified(
  wait: (condition: mp.Condition) => PromiseLike<unknown>,
): (place: Place) => Promise<Waited> {
  return async (place) => {
    const condition = await place.make("condition");
    const held = (await condition.tryAcquire())!;
    return {
      wait: () => wait(condition),
      async check() {
        assertEquals(await condition.statistics(), { waiting: 0, locked: true });
        await held[Symbol.asyncDispose]();
      },
    };
  };
}

function received(
  recv: (end: mp.Connection<unknown>) => PromiseLike<unknown>,
): (place: Place) => Promise<Waited> {
  return async (place) => {
    const { end, send } = await place.pipe();
    return {
      wait: () => recv(end),
      async check() {
        await send("message");
        assertEquals(await end.recv(), "message");
        end.close();
      },
    };
  };
}

/** How to wait for each thing in vain, by the method that waits: all of them, as the first test below holds. */
const WAITS: Record<string, (place: Place) => Promise<Waited> | Waited> = {
  "Acquirable.acquire of Lock": locked("lock"),
  "Acquirable.acquire of RLock": locked("rlock"),
  "Acquirable.acquire of Semaphore": locked("semaphore"),
  "Acquirable.acquire of Condition": async (place) => {
    const condition = await place.make("condition");
    return await heldByAnother(condition, () => condition.acquire());
  },
  "Condition.wait": notified((condition) => condition.wait()),
  "Condition.waitFor": notified((condition) => condition.waitFor(() => false)),
  "Event.wait": async (place) => {
    const event = await place.make("event");
    return {
      wait: () => event.wait(),
      check: async () => assertEquals((await event.statistics()).waiting, 0),
    };
  },
  "Barrier.wait": async (place) => {
    const barrier = await place.make("barrier");
    return {
      wait: () => barrier.wait(),
      check: async () =>
        assertEquals(await barrier.statistics(), { parties: 2, waiting: 0, broken: true }),
    };
  },
  ...ofQueues("", "queue", "joinable", "simple"),
  ...ofQueues(" served", "servedQueue", "servedJoinable", "servedSimple"),
  "Connection.recv": received((end) => end.recv()),
  "Connection.recvBytes": received((end) => end.recvBytes()),
  "Connection.recvBytesInto": received((end) => end.recvBytesInto(new Uint8Array(9))),
  "Connection.poll": received((end) => end.poll(60_000)),
  "wait": received((end) => mp.wait([end])),
  "Listener.accept": () => {
    const listener = new mp.Listener({ authkey: "key" });
    return {
      wait: () => listener.accept(),
      async check() {
        const accepting = listener.accept();
        const client = await mp.Client(listener.address, { authkey: "key" });
        client.close();
        (await accepting).close();
      },
      end: () => listener[Symbol.asyncDispose](),
    };
  },
  "Process.join": () => {
    const end = new mp.Event();
    const process = new mp.Process({ target: work.untilSet, args: [end] });
    process.start();
    return {
      wait: () => process.join(),
      check: () => assert(process.isAlive),
      async end() {
        await end.set();
        await process.join();
      },
    };
  },
  ...ofPool("AsyncResult.get", (result) => result.get()),
  ...ofPool("AsyncResult.wait", (result) => result.wait()),
};

/** The waits of queues, mapped or served. */
function ofQueues(
  how: string,
  queueKind: "queue" | "servedQueue",
  joinableKind: "joinable" | "servedJoinable",
  simpleKind: "simple" | "servedSimple",
): Record<string, (place: Place) => Promise<Waited>> {
  return {
    [`Queue.get${how}`]: async (place) => {
      const queue = await place.make(queueKind);
      return {
        wait: () => queue.get(),
        async check() {
          assertEquals((await queue.statistics()).waitingToGet, 0);
          await queue.put(7);
          assertEquals(await queue.qsize(), 1);
        },
      };
    },
    [`Queue.put${how}`]: async (place) => {
      const queue = await place.make(queueKind);
      await queue.put(1);
      return {
        wait: () => queue.put(2),
        async check() {
          assertEquals((await queue.statistics()).waitingToPut, 0);
          assertEquals([await queue.get(), await queue.qsize()], [1, 0]);
        },
      };
    },
    [`JoinableQueue.join${how}`]: async (place) => {
      const queue = await place.make(joinableKind);
      await queue.put(1);
      return {
        wait: () => queue.join(),
        check: async () => assertEquals((await queue.statistics()).unfinished, 1),
      };
    },
    [`SimpleQueue.get${how}`]: async (place) => {
      const queue = await place.make(simpleKind);
      return {
        wait: () => queue.get(),
        async check() {
          await queue.put(7);
          assertEquals(await queue.qsize(), 1);
        },
      };
    },
  };
}

/** A result that does not come. */
function ofPool(
  name: string,
  wait: (result: mp.AsyncResult<void>) => PromiseLike<unknown>,
): Record<string, () => Waited> {
  return {
    [name]: () => {
      const pool = new mp.Pool(1), end = new mp.Event();
      const result = pool.applyAsync(work.untilSet, [end]);
      return {
        wait: () => wait(result),
        check: () => assertEquals(result.ready(), false),
        async end() {
          await end.set();
          await result.get(); // to give up waiting does not cancel the work
          await pool[Symbol.asyncDispose]();
        },
      };
    },
  };
}

/** What lives in one place only, wherever things are made. */
const ONCE = ["Listener.accept", "Process.join", "AsyncResult.get", "AsyncResult.wait"];

const HERE: Place = {
  make: (kind) => Promise.resolve(MAKERS[kind]() as never),
  pipe() {
    const [end, other] = mp.Pipe<unknown>();
    return Promise.resolve({ end, send: (message) => other.send(message) });
  },
};

function inChild(pool: mp.Pool): Place {
  return {
    make: (kind) => pool.apply(work.make, [kind]) as Promise<never>,
    async pipe() {
      const end = await pool.apply(work.makePipe);
      return { end, send: (message) => pool.apply(work.sendOn, [message]) };
    },
  };
}

Deno.test("every wait of multiprocessing is in the table of this test", () => {
  const named = new Set(Object.keys(WAITS).map((name) => name.split(" ")[0]!));
  assertEquals(waitsIn("multiprocessing").filter((name) => !named.has(name)), []);
});

async function giveAllUp(
  place: Place,
  give: (wait: () => PromiseLike<unknown>) => Promise<unknown>,
  except: readonly string[],
): Promise<void> {
  for (const [name, make] of Object.entries(WAITS)) {
    if (except.includes(name)) continue;
    const waited = await make(place);
    try {
      await give(waited.wait);
      await waited.check();
    } catch (error) {
      throw new Error(name, { cause: error });
    } finally {
      await waited.end?.();
    }
  }
}

Deno.test("what takes a wait of multiprocessing and gives it up takes nothing", async (t) => {
  for (const [taker, give] of Object.entries(takers)) {
    await t.step(`${taker}, at home`, () => aio.run(() => giveAllUp(HERE, give, [])));
  }
});

Deno.test("what takes a wait for what lives in a child and gives it up takes nothing", async (t) => {
  await using pool = new mp.Pool(1);
  for (const [taker, give] of Object.entries(takers)) {
    await t.step(taker, () => aio.run(() => giveAllUp(inChild(pool), give, ONCE)));
  }
});

Deno.test("what a loser of a race was granted by another process goes back", async () => {
  await using pool = new mp.Pool(1);
  for (const place of [HERE, inChild(pool)]) {
    await aio.run(async () => {
      const queue = await place.make("queue"), simple = await place.make("simple");
      await queue.put({ item: 1 });
      for (let i = 0; i < 5; i++) {
        await simple.put("first");
        await simple.put("second");
        const got = await aio.race<unknown>(aio.sleep(0, "slept"), simple.get(), queue.get());
        if (got === "first") assertEquals(await simple.get(), "second");
        else {
          assertEquals(await simple.get(), "first");
          assertEquals(await simple.get(), "second");
        }
        assertEquals((await queue.statistics()).size, (got as { item?: number }).item ? 0 : 1);
        if ((got as { item?: number }).item) await queue.put({ item: 1 });
      }
      assertEquals(await queue.get(), { item: 1 });
      const { end, send } = await place.pipe();
      for (const message of ["text", { deep: [1] }, new mp.Lock()]) {
        await send(message);
        await until(() => end.poll());
        await send("next");
        await simple.put("first");
        const ready = simple.get();
        await until(() => waitBehind(ready)!.arrived);
        assertEquals(await aio.race<unknown>(ready, end.recv()), "first");
        const again = await end.recv();
        if (message instanceof mp.Lock) assert(again instanceof mp.Lock);
        else assertEquals(again, message);
        assertEquals(await end.recv(), "next");
      }
      end.close();
      const locks = [await place.make("lock"), await place.make("lock")];
      {
        await using _won = await aio.race(...locks.map((lock) => lock.acquire()));
      }
      for (const lock of locks) await until(async () => !(await lock.locked()));
    });
  }
});

Deno.test("a grant that crosses its withdrawal goes back to the other process", async () => {
  await using pool = new mp.Pool(1);
  const place = inChild(pool);
  await aio.run(async () => {
    const queue = await place.make("simple"), lock = await place.make("lock");
    let got = 0;
    for (let turn = 0; turn < 60; turn++) {
      const taker = aio.createTask(async () => {
        await queue.get();
        got++;
      });
      await aio.sleep(0);
      const put = queue.put(turn);
      if (turn % 3 === 1) await aio.sleep(0);
      if (turn % 3 === 2) await put;
      taker.cancel();
      await aio.gather(taker, put, { returnExceptions: true });
      const holder = await lock.acquire();
      const waiter = aio.createTask(async () => {
        await using _held = await lock.acquire();
      });
      await until(async () => (await lock.statistics()).waiting === 1);
      const released = holder[Symbol.asyncDispose]();
      if (turn % 2 === 0) await aio.sleep(0);
      waiter.cancel();
      await aio.gather(waiter, released, { returnExceptions: true });
      await until(async () => !(await lock.locked()));
    }
    assertEquals(got + await queue.qsize(), 60);
  });
});

Deno.test("a put is done or not, and its canceller is told in either case", async () => {
  await using pool = new mp.Pool(1);
  const queue = await inChild(pool).make("simple");
  await aio.run(async () => {
    let put = 0, cancelled = 0;
    for (let turn = 0; turn < 40; turn++) {
      const task = aio.createTask(async () => {
        await queue.put(turn);
        put++;
        await aio.sleep(1000);
      });
      await aio.sleep(turn % 2);
      task.cancel();
      await assertRejects(async () => await task, aio.CancelledError);
      cancelled++;
    }
    assertEquals([put, cancelled], [await queue.qsize(), 40]);
  });
});

Deno.test("a race that is cancelled twice gives back what its losers have got", async () => {
  await using pool = new mp.Pool(1);
  const queue = await inChild(pool).make("simple");
  await aio.run(async () => {
    for (let turn = 0; turn < 20; turn++) {
      await queue.put(turn);
      const race = aio.createTask(async () =>
        await aio.race<unknown>(queue.get(), new aio.Future())
      );
      await aio.sleep(0);
      race.cancel();
      await Promise.resolve();
      race.cancel();
      const [end] = await aio.gather(race, { returnExceptions: true });
      if (end !== turn) assertEquals(await queue.get(), turn);
      assertEquals(await queue.qsize(), 0);
    }
  });
});

Deno.test("a withdrawn wait ends although the home is busy, and the order is kept", async () => {
  await using pool = new mp.Pool(1);
  const place = inChild(pool);
  await aio.run(async () => {
    const lock = await place.make("lock"), queue = await place.make("servedSimple");
    const event = await place.make("event");
    const held = await lock.acquire();
    using gate = new Gate();
    const busy = pool.apply(computeBefore, [gate.folder]);
    await until(() => gate.isReached);
    for (const wait of [() => lock.acquire(), () => queue.get(), () => event.wait()]) {
      await assertRejects(async () => await aio.waitFor(wait(), 5), aio.TimeoutError);
    }
    // What was put before is granted to the get that was withdrawn, and comes first all the same.
    const puts = [1, 2, 3].map((item) => queue.put(item));
    await assertRejects(async () => await aio.waitFor(queue.get(), 5), aio.TimeoutError);
    const got = [queue.get(), queue.get(), queue.get()];
    assertEquals(await Promise.race([busy, "busy still"]), "busy still");
    gate.open();
    await Promise.all([busy, ...puts]);
    assertEquals(await Promise.all(got), [1, 2, 3]);
    await held[Symbol.asyncDispose]();
    await until(async () => !(await lock.locked()));
    assertEquals((await lock.statistics()).waiting, 0);
  });
});

Deno.test("imap: a result of a chunk that came at once, and that nobody took, comes with the next", async () => {
  await using pool = new mp.Pool(1);
  await aio.run(async () => {
    const results = pool.imap(work.same, [4, 1, 2, 3], 4);
    assertEquals((await results.next()).value, 4);
    const winner = await aio.race(results.next(), results.next());
    assertEquals(winner, { done: false, value: 1 });
    assertEquals(await Array.fromAsync(results), [2, 3]);
  });
});

Deno.test("imap: a result whose reader gave up comes with the next", async () => {
  await using pool = new mp.Pool(1);
  await aio.run(async () => {
    const end = new mp.Event();
    const results = pool.imap(work.waitOn, [3, 1, 2].map((n): [mp.Event, number] => [end, n]));
    await assertRejects(async () => await aio.waitFor(results.next(), 5), aio.TimeoutError);
    await end.set();
    const seen: number[] = [];
    for await (const each of results) seen.push(each);
    assertEquals(seen, [3, 1, 2]);
  });
});
