/** Work runs in the AsyncLocalStorage context of whoever asked for it, never in that of another caller. */
import "../support/leak_guard.ts";
import { AsyncLocalStorage } from "node:async_hooks";
import { assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { AsyncExecutor, Future, SyncExecutor } from "../../src/futures/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import { bodies } from "../suites/coroutine_bodies.ts";

const storage = new AsyncLocalStorage<string>();
const variable = new aio.ContextVar<string>("request", { default: "none" });
const look = () => storage.getStore();

/** Asks for a call of `seen`, in one of the ways there are, and waits until it has been made. */
type Ask = (seen: () => void) => Promise<unknown>;

const called = (ask: (call: () => void) => unknown): Ask => async (seen) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  ask(() => {
    seen();
    resolve();
  });
  await promise;
};

const ways: Record<string, Ask> = {
  callSoon: called((call) => aio.getRunningLoop().callSoon(call)),
  callLater: called((call) => aio.getRunningLoop().callLater(1, call)),
  callAt: called((call) => aio.getRunningLoop().callAt(aio.getRunningLoop().time() + 1, call)),
  callSoonThreadsafe: called((call) => aio.getRunningLoop().callSoonThreadsafe(call)),
  callRepeatedly: called((call) => {
    let calls = 0;
    const handle = aio.getRunningLoop().callRepeatedly(1, () => {
      if (++calls < 2) return;
      handle.cancel();
      call();
    });
  }),
  "addDoneCallback, of a loop's future": called((call) => {
    const future = new aio.Future<void>();
    future.addDoneCallback(call);
    apart(() => future.setResult());
  }),
  "addDoneCallback, on an ended future": called((call) => {
    const future = new aio.Future<void>();
    apart(() => future.setResult());
    future.addDoneCallback(call);
  }),
  "addDoneCallback, of an executor's future": called((call) => {
    const future = new Future<void>();
    future.addDoneCallback(call);
    apart(() => future.setResult(undefined));
  }),
  "then, with two functions": called((call) => {
    const future = new aio.Future<void>();
    void future.then(call, () => {});
    apart(() => future.setResult());
  }),
  then: called((call) => {
    const future = new aio.Future<void>();
    void future.then(call);
    apart(() => future.setResult());
  }),
  "createTask, function": (seen) => aio.createTask(seen).then(),
  "createTask, async function": async (seen) =>
    await aio.createTask(async () => {
      await aio.sleep(1);
      seen();
    }),
  "createTask, generator": async (seen) =>
    await aio.createTask(function* () {
      yield* aio.sleep(1);
      seen();
    }),
  "createTask, begun generator": async (seen) =>
    await aio.createTask((function* () {
      yield* aio.sleep(1);
      seen();
    })()),
  gather: async (seen) => await aio.gather(seen, () => aio.sleep(0), { limit: 1 }),
  "gather, behind the gate": async (seen) =>
    await aio.gather(() => aio.sleep(1), seen, { limit: 1 }),
  waitFor: async (seen) => await aio.waitFor(seen, 1000),
  timeout: async (seen) => await aio.timeout(1000, seen),
  TaskGroup: async (seen) => {
    await using group = new aio.TaskGroup();
    group.createTask(seen);
  },
  "TaskGroup.start": async (seen) => {
    await using group = new aio.TaskGroup();
    await group.start(async (started) => {
      await aio.sleep(1);
      seen();
      started();
    });
  },
  "Condition.waitFor's predicate": async (seen) => {
    const condition = new aio.Condition();
    let ready = false;
    using _lock = await condition.acquire();
    aio.getRunningLoop().callLater(1, () =>
      apart(() =>
        aio.createTask(async () => {
          ready = true;
          using _lock = await condition.acquire();
          condition.notifyAll();
        })
      ));
    await condition.waitFor(() => {
      if (ready) seen();
      return ready;
    });
  },
  runCoroutineThreadsafe: async (seen) =>
    await aio.runCoroutineThreadsafe(async () => {
      await aio.sleep(0);
      seen();
    }, aio.getRunningLoop()),
  AsyncExecutor: async (seen) => {
    await using executor = new AsyncExecutor();
    await executor.submit(seen);
  },
  "AsyncExecutor, behind others": async (seen) => {
    await using executor = new AsyncExecutor({ maxConcurrency: 1 });
    apart(() => executor.submit(() => aio.sleep(1).then()));
    await executor.submit(seen);
  },
  SyncExecutor: async (seen) => {
    await using executor = new SyncExecutor();
    await executor.submit(seen);
  },
  "SyncExecutor, behind others": async (seen) => {
    await using executor = new SyncExecutor();
    apart(() => executor.submit(() => aio.sleep(1).then()));
    await executor.submit(seen);
  },
  "gevent.spawn": async (seen) => void await gevent.spawn(seen).get(),
  "gevent.spawn, generator": async (seen) =>
    void await gevent.spawn(function* () {
      yield* gevent.sleep(1);
      seen();
    }).get(),
  "gevent.spawnLater": async (seen) => void await gevent.spawnLater(1, seen).get(),
  "link of a greenlet": called((call) => apart(() => gevent.spawn(() => {})).link(call)),
  "linkValue of a greenlet that has ended": async (seen) => {
    const greenlet = apart(() => gevent.spawn(() => {}));
    await greenlet.join();
    await called((call) => greenlet.linkValue(call))(seen);
  },
  "linkException of a greenlet": called((call) => {
    const greenlet = apart(() => gevent.spawn(() => Promise.reject(new RangeError("linked"))));
    greenlet.linkException(() => (greenlet.exception, call()));
  }),
  "rawlink of a greenlet": called((call) => apart(() => gevent.spawn(() => {})).rawlink(call)),
  "rawlink of an event": called((call) => {
    const event = new gevent.Event();
    event.rawlink(call);
    apart(() => event.set());
  }),
  "rawlink of a result": called((call) => {
    const result = new gevent.AsyncResult<number>();
    result.rawlink(call);
    apart(() => result.set(1));
  }),
  "rawlink of a semaphore": called((call) => {
    const semaphore = new gevent.lock.Semaphore(0);
    semaphore.rawlink(call);
    apart(() => semaphore.release());
  }),
  "applyAsync's callback": called((call) =>
    void new gevent.pool.Pool(1).applyAsync(() => 1, [], call)
  ),
  "gevent.Pool": async (seen) => {
    const pool = new gevent.pool.Pool(1);
    await apart(() => pool.spawn(() => gevent.sleep(1)));
    await (await pool.spawn(seen)).get();
  },
};

/** Does something in another caller's context. */
function apart<T>(fn: () => T): T {
  return storage.run("another", fn);
}

for (const [name, ask] of Object.entries(ways)) {
  Deno.test(`${name}: runs in the context of who asked, each in its own`, async () => {
    await aio.run(async () => {
      // Several at once, so that whoever asks for the loop's turn could lend its context to the others.
      const asked = async (mine: string | undefined) => {
        let seen: unknown = "not called";
        const begin = () => ask(() => seen = look());
        await (mine === undefined ? begin() : storage.run(mine, begin));
        return seen;
      };
      const seen = await Promise.all([asked("a"), asked(undefined), asked("b"), asked("a")]);
      assertEquals(seen, ["a", undefined, "b", "a"]);
    });
    assertEquals(look(), undefined);
  });
}

for (const { name, waits } of bodies) {
  Deno.test(`${name}: a task stays in its context through all of its waits, whoever ends them`, async () => {
    await aio.run(async () => {
      const queue = new aio.Queue<number>();
      const seen: unknown[] = [];
      const tasks = ["a", "b"].map((mine) =>
        storage.run(mine, () =>
          aio.createTask(waits(() => {
            seen.push(look());
            return aio.gather(queue.get(), aio.sleep(1), () => void seen.push(look()));
          })))
      );
      await aio.sleep(1);
      storage.run("another", () => [1, 2].forEach((item) => queue.putNowait(item)));
      await aio.wait(tasks);
      assertEquals(seen, ["a", "b", "a", "b"]);
    });
  });
}

Deno.test("what a generator enters with enterWith stays with its task", async () => {
  await aio.run(async () => {
    const step = function* (mine: string): Generator<unknown, unknown> {
      storage.enterWith(mine);
      yield* aio.sleep(1);
      return look();
    };
    const tasks = ["a", "b"].map((mine) => aio.createTask(step(mine)));
    assertEquals([await tasks[0], await tasks[1], look()], ["a", "b", undefined]);
  });
});

Deno.test("a done callback is taken back as it was given, in any context", async () => {
  await aio.run(async () => {
    for (const future of [new aio.Future<void>(), new Future<void>()]) {
      let calls = 0;
      const count = () => void calls++;
      storage.run("a", () => future.addDoneCallback(count));
      future.addDoneCallback(count);
      const other = () => void calls++;
      storage.run("b", () => future.addDoneCallback(other));
      assertEquals(storage.run("b", () => future.removeDoneCallback(count)), 2);
      future.setResult(undefined);
      await aio.sleep(0);
      assertEquals(calls, 1);
    }
  });
});

Deno.test("callbacks see a copy of their asker's context variables, and belong to no task", async () => {
  await aio.run(async () => {
    const future = new aio.Future<void>();
    const seen: unknown[] = [];
    const task = aio.createTask(async () => {
      variable.set("a");
      const note = () => {
        seen.push(variable.get(), aio.currentTask());
        variable.set("changed");
      };
      aio.getRunningLoop().callSoon(note);
      aio.getRunningLoop().callLater(1, note);
      future.addDoneCallback(note);
      variable.set("b");
      await aio.sleep(2);
      return variable.get();
    });
    await aio.sleep(1);
    future.setResult();
    assertEquals(await task, "b");
    assertEquals(seen, ["a", null, "a", null, "a", null]);
    assertEquals(variable.get(), "none");
  });
});
