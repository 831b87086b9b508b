/** timeout(), CancelScope, moveOnAfter(), failAfter(). The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { virtually } from "../../support/virtual_run.ts";

Deno.test(
  "timeout(): a block in time is left in peace; null is no bound (196)",
  virtually(async () => {
    {
      await using bound = aio.timeout(10);
      await aio.sleep(1);
      assert(!bound.expired());
    }
    await using none = aio.timeout(null);
    assertEquals(none.when(), null);
    await aio.sleep(50);
    assert(!none.expired());
  }),
);

Deno.test(
  "timeout(): the wait ends with CancelledError, the block throws TimeoutError: await using",
  virtually(async () => {
    const seen: string[] = [];
    let bound!: aio.Timeout;
    const error = await assertRejects(async () => {
      await using inside = bound = aio.timeout(10);
      try {
        await aio.sleep(1000);
      } catch (error) {
        seen.push((error as Error).name);
        await aio.sleep(1);
        throw error;
      }
      void inside;
    }, aio.TimeoutError);
    assertEquals(seen, ["CancelledError"]);
    assertEquals(error.name, "TimeoutError");
    assert(error.cause instanceof aio.CancelledError);
    assert(error.stack?.startsWith("TimeoutError"));
    assert(bound.expired());
    assertEquals(aio.currentTask()!.cancelling(), 0);
    await aio.sleep(1);
  }),
);

Deno.test(
  "timeout(ms, fn) gives what fn gives, or throws TimeoutError: async functions, generators, anywhere",
  virtually(async () => {
    assertEquals(await aio.timeout(10, () => aio.sleep(1, "in time")), "in time");
    const error = await assertRejects(
      async () => await aio.timeout(10, () => aio.sleep(1000)),
      aio.TimeoutError,
    );
    assert(error.cause instanceof aio.CancelledError);
    await aio.createTask(function* () {
      let caught: unknown;
      try {
        yield* aio.timeout(5, function* () {
          yield* aio.sleep(1000);
        });
      } catch (error) {
        caught = error;
      }
      assert(caught instanceof aio.TimeoutError);
    });
  }),
);

Deno.test("timeout(ms, fn) works outside of any loop; without fn it needs a task (202)", async () => {
  await assertRejects(async () => await aio.timeout(5, () => aio.sleep(1000)), aio.TimeoutError);
  assertThrows(() => aio.timeout(5), aio.InvalidStateError, "no task runs here");
});

Deno.test(
  "timeout(0): the block runs to its first wait; one that never waits is left in peace (197)",
  virtually(async () => {
    let begun = false;
    await assertRejects(async () => {
      using _bound = aio.timeout(0);
      begun = true;
      await aio.sleep(0);
      await aio.sleep(0);
    }, aio.TimeoutError);
    assert(begun);
    using calm = aio.timeout(0);
    assert(!calm.expired());
  }),
);

Deno.test(
  "timeout(): nested, the inner first, and the outer first (198)",
  virtually(async () => {
    await using outer = aio.timeout(50);
    await assertRejects(async () => {
      await using _inner = aio.timeout(10);
      await aio.sleep(1000);
    }, aio.TimeoutError);
    await aio.sleep(1);
    assert(!outer.expired());

    let innerSaw: unknown;
    let inner!: aio.Timeout;
    await assertRejects(async () => {
      await using _outer = aio.timeout(10);
      try {
        await using own = inner = aio.timeout(100);
        await aio.sleep(1000);
        void own;
      } catch (error) {
        innerSaw = (error as Error).name;
        throw error;
      }
    }, aio.TimeoutError);
    assertEquals(innerSaw, "CancelledError");
    assert(!inner.expired());
  }),
);

Deno.test(
  "timeout(): an error of the block's own passes unchanged, also after the time was over (199)",
  virtually(async () => {
    await assertRejects(async () => {
      await using _bound = aio.timeout(10);
      throw new RangeError("own");
    }, RangeError);
    await assertRejects(async () => {
      await using _bound = aio.timeout(10);
      try {
        await aio.sleep(1000);
      } catch {
        throw new RangeError("own");
      }
    }, RangeError);
    await assertRejects(
      async () =>
        await aio.timeout(10, async () => {
          try {
            await aio.sleep(1000);
          } catch {
            throw new RangeError("own");
          }
        }),
      RangeError,
    );
  }),
);

Deno.test(
  "timeout(): reschedule() moves it, null takes it away, afterwards it is refused (201)",
  virtually(async () => {
    const loop = aio.getRunningLoop();
    let left!: aio.Timeout;
    {
      await using bound = left = aio.timeout(10);
      bound.reschedule(loop.time() + 100);
      assertEquals(bound.when(), loop.time() + 100);
      await aio.sleep(50);
      bound.reschedule(null);
      await aio.sleep(200);
      assert(!bound.expired());
    }
    assertThrows(() => left.reschedule(null), aio.InvalidStateError, "it has ended");
  }),
);

Deno.test(
  "timeout(): a cancel from outside that comes too stays a cancel (203)",
  virtually(async () => {
    const task = aio.createTask(async () => {
      await using _bound = aio.timeout(10);
      try {
        await aio.sleep(1000);
      } finally {
        await aio.sleep(10);
      }
    });
    await aio.sleep(15);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
    assert(task.cancelled());
  }),
);

Deno.test(
  "timeout() around a group: the children are cancelled, and it is TimeoutError (227)",
  virtually(async () => {
    const ended: string[] = [];
    const child = (name: string) => async () => {
      try {
        await aio.sleep(1000);
      } finally {
        ended.push(name);
      }
    };
    await assertRejects(async () => {
      await using _bound = aio.timeout(10);
      await using group = new aio.TaskGroup();
      group.createTask(child("a"));
    }, aio.TimeoutError);
    await assertRejects(async () => {
      await using _bound = aio.timeout(10);
      await using group = new aio.TaskGroup();
      group.createTask(child("b"));
      await aio.sleep(500);
    }, aio.TimeoutError);
    await assertRejects(
      async () =>
        await aio.timeout(10, () =>
          aio.TaskGroup.run(async (group) => {
            group.createTask(child("c"));
            await aio.sleep(500);
          })),
      aio.TimeoutError,
    );
    assertEquals(ended, ["a", "b", "c"]);
  }),
);

Deno.test(
  "timeoutAt() takes a moment of the loop's time",
  virtually(async () => {
    const end = aio.getRunningLoop().time() + 10;
    await assertRejects(async () => {
      using bound = aio.timeoutAt(end);
      assertEquals(bound.when(), end);
      await aio.sleep(1000);
    }, aio.TimeoutError);
  }),
);

Deno.test(
  "timeouts side by side in one task do not touch each other",
  virtually(async () => {
    const results = await aio.gather(
      aio.timeout(50, () => aio.sleep(20, "slow but in time")),
      aio.timeout(10, () => aio.sleep(1000, "never")),
      { returnExceptions: true },
    );
    assertEquals(results[0], "slow but in time");
    assert(results[1] as unknown instanceof aio.TimeoutError);
  }),
);

Deno.test(
  "CancelScope: each wait in a cancelled scope ends, also the second one (476)",
  virtually(async () => {
    let waits = 0;
    const scope = new aio.CancelScope();
    const value = await scope.run(async () => {
      scope.cancel();
      for (let i = 0; i < 3; i++) {
        try {
          await aio.sleep(1000);
        } catch (error) {
          assert(error instanceof aio.CancelledError);
          waits++;
        }
      }
      await aio.sleep(1000);
      return "never";
    });
    assertEquals([value, waits], [undefined, 3]);
    assert(scope.cancelledCaught && scope.cancelCalled);
  }),
);

Deno.test(
  "moveOnAfter() swallows its own cancel, failAfter() throws TimeoutError (477)",
  virtually(async () => {
    assertEquals(await aio.moveOnAfter(10, () => aio.sleep(1000, 1)), undefined);
    assertEquals(await aio.moveOnAfter(10, () => aio.sleep(1, 1)), 1);
    await assertRejects(
      async () => await aio.failAfter(10, () => aio.sleep(1000)),
      aio.TimeoutError,
    );
    assertEquals(await aio.failAfter(10, () => aio.sleep(1, 2)), 2);
    await assertRejects(async () => {
      using _scope = aio.failAfter(10);
      await aio.sleep(1000);
    }, aio.TimeoutError);
    const scope = aio.moveOnAfter(10);
    try {
      using _block = scope;
      await aio.sleep(1000);
    } catch (error) {
      if (!scope.cancelledCaught) throw error;
    }
    assert(scope.cancelledCaught);
    await aio.sleep(1);
  }),
);

Deno.test(
  "CancelScope: a shield keeps the scopes around out, and its own deadline holds",
  virtually(async () => {
    const seen: string[] = [];
    await aio.moveOnAfter(10, async () => {
      try {
        await aio.sleep(1000);
      } finally {
        const clean = new aio.CancelScope({
          shield: true,
          deadline: aio.getRunningLoop().time() + 50,
        });
        try {
          using _clean = clean;
          await aio.sleep(5);
          seen.push("cleaned");
          await aio.sleep(500);
        } catch {
          seen.push(`given up: ${clean.cancelledCaught}`);
        }
      }
    });
    assertEquals(seen, ["cleaned", "given up: true"]);
  }),
);

Deno.test(
  "CancelScope: the deadline can be moved, and refuses what is none",
  virtually(async () => {
    const loop = aio.getRunningLoop();
    using scope = new aio.CancelScope({ deadline: loop.time() + 10 });
    scope.deadline = loop.time() + 100;
    await aio.sleep(50);
    scope.deadline = Infinity;
    await aio.sleep(500);
    assert(!scope.cancelCalled);
    assertThrows(() => scope.deadline = NaN, TypeError);
  }),
);

Deno.test(
  "CancelScope: a result that has arrived is not eaten",
  virtually(async () => {
    const future = new aio.Future<string>();
    const scope = new aio.CancelScope();
    const value = aio.createTask(() => scope.run(async () => await future));
    await aio.sleep(1);
    future.setResult("arrived");
    scope.cancel();
    assertEquals(await value, "arrived");
  }),
);

Deno.test(
  "currentSignal() aborts with the scope",
  virtually(async () => {
    let aborted = false;
    await aio.moveOnAfter(10, async () => {
      const { promise, reject } = Promise.withResolvers<void>();
      const signal = aio.currentSignal();
      signal.addEventListener("abort", () => {
        aborted = true;
        reject(signal.reason);
      });
      await promise;
    });
    assert(aborted);
  }),
);
