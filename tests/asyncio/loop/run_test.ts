/** run(), Runner, what is left at the end, threads. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { Future as CoreFuture } from "../../../src/core/future.ts";
import { virtually } from "../../support/virtual_run.ts";

Deno.test("run() returns the result, throws the error, refuses what is no coroutine (297)", async () => {
  assertEquals(await aio.run(() => aio.sleep(0, 1)), 1);
  assertEquals(await aio.run(Promise.resolve(2)), 2);
  assertEquals(
    await aio.run((function* () {
      return yield* aio.sleep(0, 3);
    })()),
    3,
  );
  await assertRejects(() =>
    aio.run(() => {
      throw new RangeError("out");
    }), RangeError);
  await assertRejects(() => aio.run(5 as never), TypeError);
});

Deno.test("run() cancels what is left and waits for it; failures there are reported (298)", async () => {
  let cleaned = false;
  const reports: string[] = [];
  const value = await aio.run(async () => {
    aio.getRunningLoop().setExceptionHandler((_loop, context) => reports.push(context.message));
    aio.createTask(async () => {
      try {
        await aio.sleep(1e6);
      } finally {
        await aio.sleep(1);
        cleaned = true;
      }
    });
    aio.createTask(async () => {
      try {
        await aio.sleep(1e6);
      } catch {
        throw new Error("in the clean-up");
      }
    });
    await aio.sleep(0);
    return "main";
  });
  assertEquals(value, "main");
  assert(cleaned);
  assertEquals(reports, ["unhandled exception during asyncio.run() shutdown"]);
});

Deno.test("Runner: several runs share a loop; closed, it refuses; nested, too (302)", async () => {
  const runner = new aio.Runner();
  const first = await runner.run(() => aio.getRunningLoop() as unknown as { loop: 1 });
  const second = await runner.run(async () => {
    await assertRejects(
      () => runner.run(() => 1),
      aio.InvalidStateError,
      "an event loop is running here",
    );
    return aio.getRunningLoop() as unknown as { loop: 1 };
  });
  assertStrictEquals(first, second);
  await runner.close();
  await runner.close();
  await assertRejects(
    () => runner.run(() => 1),
    aio.InvalidStateError,
    "Cannot use the Runner: it is closed",
  );
  assertThrows(
    () => runner.getLoop(),
    aio.InvalidStateError,
    "Cannot use the Runner: it is closed",
  );
});

Deno.test("runCoroutineThreadsafe() returns a future that needs no loop; cancel() reaches the task (303)", async () => {
  const loop = aio.newEventLoop();
  const running = loop.runForever();
  const future = aio.runCoroutineThreadsafe(() => aio.sleep(1, "r"), loop);
  assert(future instanceof CoreFuture);
  assertEquals(await future, "r");
  let cancelled = false;
  const begun = Promise.withResolvers<void>();
  const long = aio.runCoroutineThreadsafe(async () => {
    begun.resolve();
    try {
      await aio.sleep(1e6);
    } finally {
      cancelled = true;
      loop.stop();
    }
  }, loop);
  await begun.promise;
  long.cancel();
  await assertRejects(async () => await long, aio.CancelledError);
  await running;
  assert(cancelled);
  assertThrows(() => aio.runCoroutineThreadsafe(1 as never, loop), TypeError, "give a coroutine");
  loop.close();
});

Deno.test("toThread() and runInExecutor() run on another thread; the loop ends its pool (287, 304)", async () => {
  await aio.run(async () => {
    const loop = aio.getRunningLoop();
    let turns = 0;
    const ticking = loop.callRepeatedly(1, () => turns++);
    const add = (a: number, b: number): number => {
      const end = Date.now() + 20;
      while (Date.now() < end);
      return a + b;
    };
    assertEquals(await aio.toThread(add, 1, 2), 3);
    assertEquals(await loop.runInExecutor(null, add, 3, 4), 7);
    ticking.cancel();
    assert(turns > 5);
    await assertRejects(
      async () =>
        await aio.toThread(() => {
          throw new RangeError("over there");
        }),
      RangeError,
      "over there",
    );
    await loop.shutdownDefaultExecutor();
    assertThrows(() => loop.runInExecutor(null, add, 1, 1), aio.InvalidStateError, "was shut down");
    assertThrows(() => loop.setDefaultExecutor(5 as never), TypeError);
  });
});

Deno.test(
  "taskTree() shows who made whom and who waits for what",
  virtually(async () => {
    aio.createTask(async () => {
      await aio.createTask(() => aio.sleep(100), { name: "grandchild" });
    }, { name: "child" });
    await aio.sleep(1);
    const tree = aio.taskTree();
    assertStringIncludes(tree, "child (waits for grandchild)");
    assert(tree.indexOf("child") < tree.indexOf("grandchild"));
  }),
);

Deno.test("debug: tasks tell where they were made", async () => {
  await aio.run(async () => {
    const task = aio.createTask(() => aio.sleep(0));
    assertStringIncludes(task.madeAt ?? "", "run_test.ts");
    await task;
    assertStringIncludes(aio.taskTree(), "made");
  }, { debug: true });
});

Deno.test("Runner: a loop factory makes the loop, once; what is no fresh loop is refused", async () => {
  const made: aio.EventLoop[] = [];
  const loopFactory = () => {
    const loop = aio.newEventLoop();
    made.push(loop);
    return loop;
  };
  await using runner = new aio.Runner({ loopFactory, debug: true });
  assertEquals(made.length, 0);
  assertEquals(await runner.run(() => aio.getRunningLoop() === made[0]), true);
  assertEquals(await runner.run(() => aio.getRunningLoop() === made[0]), true);
  assertEquals([made.length, made[0]!.debug], [1, true]);
  assertEquals(await aio.run(() => aio.getRunningLoop() === made[1], { loopFactory }), true);
  assert(made[1]!.isClosed);
  assertThrows(() => new aio.Runner({ loopFactory: 5 as never }), TypeError, "loopFactory 5");
  for (const wrong of [null, {}, Promise.resolve(aio.newEventLoop())]) {
    await assertRejects(
      async () => await aio.run(() => 1, { loopFactory: () => wrong as never }),
      TypeError,
      "loopFactory gave",
    );
  }
  await assertRejects(
    async () => await aio.run(() => 1, { loopFactory: () => made[1]! }),
    aio.InvalidStateError,
    "is closed",
  );
  await assertRejects(
    async () =>
      await aio.run(() => 1, {
        loopFactory() {
          throw new RangeError("no loop");
        },
      }),
    RangeError,
    "no loop",
  );
});

Deno.test("Runner.run: a context of its own is not shared with the other runs", async () => {
  const variable = new aio.ContextVar<string>("variable", { default: "none" });
  const context = aio.copyContext();
  await using runner = new aio.Runner();
  await runner.run(() => void variable.set("own"), { context });
  assertEquals(context.get(variable), "own");
  assertEquals(await runner.run(() => variable.get()), "none");
});

Deno.test("isCoroutineFunction: async and generator functions, nothing else", () => {
  const yes = [async () => {}, function* () {}, { async run() {} }.run];
  const no = [() => {}, async function* () {}, Promise.resolve(), class {}, 5, null];
  assertEquals(yes.map(aio.isCoroutineFunction), yes.map(() => true));
  assertEquals(no.map(aio.isCoroutineFunction), no.map(() => false));
});
