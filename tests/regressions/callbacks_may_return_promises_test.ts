/**
 * What a function of the user's returns is never lost and ends no program: the rejection of a callback that is an async
 * function is reported where its throw would be, and a promise is no answer where nothing can wait for it.
 */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { AsyncExecutor, Future, reportProgress } from "../../src/futures/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import * as mp from "../../src/multiprocessing/mod.ts";
import * as threading from "../../src/threading/mod.ts";
import { neighbours } from "../support/targets/neighbours.ts";
import { until } from "../support/until_waiting.ts";

/** An async function that fails after it has returned. */
async function fail(): Promise<void> {
  await aio.sleep(0);
  throw new RangeError("in the callback");
}

const ways: Record<string, () => unknown> = {
  "done callback of a loop's future": () => {
    const future = new aio.Future<void>();
    future.addDoneCallback(fail);
    future.setResult();
  },
  "done callback of a task": () => aio.createTask(() => {}).addDoneCallback(fail),
  "done callback of an executor's future": () => {
    const future = new Future<void>();
    future.addDoneCallback(fail);
    future.setResult(undefined);
  },
  callSoon: () => aio.getRunningLoop().callSoon(fail),
  callLater: () => aio.getRunningLoop().callLater(1, fail),
  "exception handler": () => {
    aio.getRunningLoop().setExceptionHandler(fail);
    aio.getRunningLoop().callExceptionHandler({ message: "something" });
  },
  "link of a greenlet": () => gevent.spawn(() => {}).link(fail),
  "rawlink of a greenlet": () => gevent.spawn(() => {}).rawlink(fail),
  "rawlink of an event": () => {
    const event = new gevent.Event();
    event.rawlink(fail);
    event.set();
  },
  "callback of applyAsync": () => new gevent.pool.Pool(1).applyAsync(() => {}, [], fail),
  excepthook: async () => {
    const before = threading.setExcepthook(fail);
    await new threading.Thread({
      target: () => {
        throw new TypeError("in the thread");
      },
    }).start().join();
    return () => threading.setExcepthook(before);
  },
  "callback of a pool": async () => {
    await using pool = new mp.ThreadPool(1);
    await pool.applyAsync(neighbours.nap, [1], { callback: fail }).get();
  },
  "errorCallback of a pool": async () => {
    await using pool = new mp.ThreadPool(1);
    const result = pool.applyAsync(neighbours.nap, [Symbol("no message")] as never, {
      errorCallback: fail,
    });
    await assertRejects(() => result.get());
  },
  onProgress: async () => {
    await using executor = new AsyncExecutor();
    await executor.submitWith({ onProgress: fail }, () => reportProgress(1));
  },
  Timer: async () => {
    const timer = new threading.Timer(1, fail);
    timer.start();
    await timer.join();
  },
};

for (const [name, call] of Object.entries(ways)) {
  Deno.test(`${name}: the rejection of an async function is reported, and ends no program`, async () => {
    const printed: string[] = [], died: unknown[] = [];
    const { error } = console;
    console.error = (...parts: unknown[]) => void printed.push(parts.map(String).join(" "));
    const listener = (event: PromiseRejectionEvent): void => {
      event.preventDefault();
      died.push(event.reason);
    };
    addEventListener("unhandledrejection", listener);
    try {
      await aio.run(async () => {
        const undo = await call();
        await until(() => printed.join().includes("in the callback") || died.length > 0);
        if (typeof undo === "function") undo();
      });
      assertEquals(died, []);
    } finally {
      removeEventListener("unhandledrejection", listener);
      console.error = error;
    }
    assertStringIncludes(printed.join(), "RangeError: in the callback");
  });
}

const notYet = () => Promise.resolve(false) as never;

Deno.test("a predicate or an action that returns a promise is refused", async () => {
  const thread = new threading.Condition();
  thread.acquireSync();
  assertThrows(() => thread.waitForSync(notYet), TypeError, "Cannot use predicate");
  await assertRejects(() => thread.waitFor(notYet), TypeError, "Cannot use predicate");
  thread.release();
  const process = new mp.Condition();
  await process.acquire();
  await assertRejects(() => process.waitFor(notYet), TypeError, "Cannot use predicate");
  await process.release();
  await aio.run(async () => {
    const condition = new aio.Condition();
    using _held = await condition.acquire();
    const wait = async () => await condition.waitFor(notYet);
    await assertRejects(wait, TypeError, "Cannot use predicate");
    assertEquals(condition.locked(), true);
    const barrier = new aio.Barrier(1, { action: fail });
    await assertRejects(async () => await barrier.wait(), TypeError, "Cannot use action");
    assertEquals(barrier.broken, true);
  });
  for (
    const barrier of [
      new threading.Barrier(1, { action: fail }),
      new mp.Barrier(1, { action: fail }),
    ]
  ) {
    await assertRejects(async () => await barrier.wait(), TypeError, "Cannot use action");
  }
});
