/** Tasks: start, states, cancellation. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { bodies } from "../../suites/coroutine_bodies.ts";

Deno.test("createTask() does not run the body; tasks begin in the next pass, in order (128)", async () => {
  await aio.run(async () => {
    const seen: number[] = [];
    const tasks = [1, 2, 3].map((n) => aio.createTask(() => seen.push(n)));
    assertEquals(seen, []);
    await aio.sleep(0);
    assertEquals(seen, [1, 2, 3]);
    await aio.gather(...tasks);
  });
});

Deno.test("createTask() refuses what is no coroutine (129)", async () => {
  await aio.run(() => {
    assertThrows(
      () => aio.createTask(123 as unknown as Promise<void>),
      TypeError,
      "a coroutine was expected, got 123",
    );
  });
});

Deno.test("Task names: Task-N, or what is given; currentTask() and allTasks() (131)", async () => {
  await aio.run(async () => {
    const task: aio.Task<boolean> = aio.createTask(() => aio.currentTask() === task);
    assert(/^Task-\d+$/.test(task.name));
    const named = aio.createTask(function* () {
      yield* aio.sleep(0);
      return aio.currentTask()?.name;
    }, { name: "me" });
    assert(aio.allTasks().has(named));
    assert(await task);
    assertEquals(await named, "me");
    assert(!aio.allTasks().has(named));
    named.name = "other";
    assertEquals(named.name, "other");
  });
});

for (const { name, waits, returns, catches } of bodies) {
  Deno.test(`${name}: cancel() is delivered at the wait, by the loop (132)`, async () => {
    await aio.run(async () => {
      const task = aio.createTask(waits(() => aio.sleep(1000)));
      await aio.sleep(0);
      assertEquals(task.state, "running");
      assert(task.cancel("stop"));
      assert(!task.done() && !task.cancelled());
      const error = await assertRejects(async () => await task, aio.CancelledError);
      assertEquals(error.message, "stop");
      assert(task.cancelled() && task.done());
      assertEquals(task.state, "cancelled");
      assertThrows(() => task.exception(), aio.CancelledError);
      assert(!task.cancel());
    });
  });

  Deno.test(`${name}: cancelled before the first step, no line runs (133)`, async () => {
    await aio.run(async () => {
      let ran = false;
      const task = aio.createTask(waits(() => {
        ran = true;
        return aio.sleep(0);
      }));
      task.cancel();
      await assertRejects(async () => await task, aio.CancelledError);
      assert(!ran);
    });
  });

  Deno.test(`${name}: a body that catches the cancel and returns is done (134)`, async () => {
    await aio.run(async () => {
      const task = aio.createTask(catches(() => aio.sleep(1000), "saved"));
      await aio.sleep(0);
      task.cancel();
      assertEquals(await task, "saved");
      assert(!task.cancelled());
      assertEquals(task.cancelling(), 1);
    });
  });

  Deno.test(`${name}: the innermost wait is cancelled first (141)`, async () => {
    await aio.run(async () => {
      const inner = aio.createTask(catches(() => aio.sleep(1000), "inner"));
      const outer = aio.createTask(returns(() => inner));
      await aio.sleep(0);
      await aio.sleep(0);
      outer.cancel();
      assertEquals(await outer, "inner");
      assert(!outer.cancelled());
    });
  });

  Deno.test(`${name}: cancelling itself comes at the next wait (142)`, async () => {
    await aio.run(async () => {
      let after = false;
      const task = aio.createTask(waits(() => {
        aio.currentTask()!.cancel();
        after = true;
        return aio.sleep(0);
      }));
      await assertRejects(async () => await task, aio.CancelledError);
      assert(after);
    });
  });

  Deno.test(`${name}: cancelling a waiter cancels the bare future, for all (121)`, async () => {
    await aio.run(async () => {
      const future = new aio.Future<void>();
      const one = aio.createTask(waits(() => future));
      const two = aio.createTask(waits(() => future));
      await aio.sleep(0);
      await aio.sleep(0);
      one.cancel();
      await assertRejects(async () => await two, aio.CancelledError);
      assert(future.cancelled() && one.cancelled());
    });
  });

  Deno.test(`${name}: a cancel between arrival and wake-up eats the result (152)`, async () => {
    await aio.run(async () => {
      const future = new aio.Future<string>();
      const task = aio.createTask(returns(() => future));
      await aio.sleep(0);
      await aio.sleep(0);
      future.setResult("r");
      task.cancel();
      await assertRejects(async () => await task, aio.CancelledError);
    });
  });
}

Deno.test("a task that cancels itself and returns without a wait ends cancelled (143)", async () => {
  await aio.run(async () => {
    const task = aio.createTask(() => {
      aio.currentTask()!.cancel();
      return 1;
    });
    await assertRejects(async () => await task, aio.CancelledError);
    assert(task.cancelled());
  });
});

Deno.test("uncancel() lowers the count, never below 0, and forgets what was not delivered (136, 137)", async () => {
  await aio.run(async () => {
    const task = aio.createTask(async () => {
      await aio.sleep(0);
      return "ran";
    });
    assertEquals(task.uncancel(), 0);
    task.cancel();
    task.cancel();
    assertEquals(task.cancelling(), 2);
    assertEquals(task.uncancel(), 1);
    assertEquals(task.uncancel(), 0);
    assertEquals(await task, "ran");
  });
});

Deno.test("a task that waits for itself is told so (144)", async () => {
  await aio.run(async () => {
    const task: aio.Task<unknown> = aio.createTask(function* (): Generator<unknown, unknown> {
      return yield* task;
    });
    await assertRejects(async () => await task, TypeError, "cannot wait for itself");
  });
});

Deno.test("a wrong yield is explained where it stands, and can be caught (148)", async () => {
  await aio.run(async () => {
    const wrong = (value: unknown) =>
      aio.createTask(function* (): Generator<unknown, string, unknown> {
        try {
          yield value;
        } catch (error) {
          return (error as Error).message;
        }
        return "nothing";
      });
    assert((await wrong(42)).includes("number 42"));
    assert((await wrong(function later() {})).includes("later"));
    assert((await wrong((function* () {})())).includes("yield*"));
    assert((await wrong({})).includes("an Object"));
  });
});

Deno.test("a generator coroutine may yield a promise, a future of an executor, or nothing", async () => {
  await aio.run(function* (): Generator<unknown, void, unknown> {
    assertEquals(yield Promise.resolve(1), 1);
    assertEquals(yield undefined, undefined);
    let caught: unknown;
    try {
      yield Promise.reject(new RangeError("no"));
    } catch (error) {
      caught = error;
    }
    assert(caught instanceof RangeError);
  });
});

Deno.test("clean-up after a cancel may wait; one cancel is delivered once (153)", async () => {
  await aio.run(async () => {
    const seen: string[] = [];
    const cleaning = [
      aio.createTask(async () => {
        try {
          await aio.sleep(1000);
        } finally {
          await aio.sleep(1);
          seen.push("async");
        }
      }),
      aio.createTask(function* () {
        try {
          yield* aio.sleep(1000);
        } finally {
          yield* aio.sleep(1);
          seen.push("generator");
        }
      }),
    ];
    await aio.sleep(0);
    for (const task of cleaning) task.cancel();
    await aio.wait(cleaning);
    assertEquals(seen.sort(), ["async", "generator"]);
    assert(cleaning.every((task) => task.cancelled()));
  });
});

Deno.test("a failing task stores its error: result() throws it, exception() returns it", async () => {
  await aio.run(async () => {
    const error = new RangeError("broken");
    const task = aio.createTask(() => {
      throw error;
    });
    await aio.sleep(0);
    assertStrictEquals(task.exception(), error);
    assertStrictEquals(assertThrows(() => task.result()), error);
    assertEquals(task.state, "done");
  });
});

Deno.test("currentSignal() reaches a foreign promise; its rejection cancels the task, once", async () => {
  await aio.run(async () => {
    let cleaned = false;
    const task = aio.createTask(async () => {
      const { promise, reject } = Promise.withResolvers<void>();
      const signal = aio.currentSignal();
      signal.addEventListener("abort", () => reject(signal.reason));
      try {
        await promise;
      } finally {
        await aio.sleep(0);
        cleaned = true;
      }
    });
    await aio.sleep(0);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
    assert(task.cancelled() && cleaned);
  });
});

Deno.test("a foreign promise is not cancelled: the cancel comes at the next wait of ours", async () => {
  await aio.run(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const seen: string[] = [];
    const task = aio.createTask(async () => {
      await promise;
      seen.push("after the foreign one");
      await aio.sleep(0);
      seen.push("never");
    });
    await aio.sleep(0);
    task.cancel();
    await aio.sleep(0);
    assert(!task.done());
    resolve();
    await assertRejects(async () => await task, aio.CancelledError);
    assertEquals(seen, ["after the foreign one"]);
  });
});

Deno.test("checkpoint() throws in a task that was cancelled", async () => {
  await aio.run(async () => {
    const task = aio.createTask(() => {
      aio.checkpoint();
      aio.currentTask()!.cancel();
      assertThrows(() => aio.checkpoint(), aio.CancelledError);
      aio.checkpoint();
      return "once";
    });
    assertEquals(await task, "once");
  });
});

Deno.test("an eager task runs to its first wait within the call (156, 157)", async () => {
  await aio.run(async () => {
    const creator = aio.currentTask();
    let inside: unknown;
    const task = aio.createTask(() => {
      inside = aio.currentTask();
      return 1;
    }, { eager: true });
    assertStrictEquals(inside, task);
    assertStrictEquals(aio.currentTask(), creator);
    assert(task.done() && !task.cancel());
    const failing = aio.createTask(() => {
      throw new Error("kept");
    }, { eager: true });
    await assertRejects(async () => await failing, Error, "kept");
  });
});

Deno.test("a promise can be a task: it runs already, and a cancel leaves it alone", async () => {
  await aio.run(async () => {
    assertEquals(await aio.createTask(Promise.resolve(3)), 3);
    const { promise, resolve } = Promise.withResolvers<number>();
    const task = aio.createTask(promise);
    await aio.sleep(0);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
    resolve(1);
  });
});

Deno.test("tasks work outside of run(), in the thread's ambient loop", async () => {
  const task = aio.createTask(async () => {
    await aio.sleep(1);
    return "ambient";
  });
  assertEquals(await task, "ambient");
  const cancelled = aio.createTask(() => aio.sleep(1000));
  await aio.sleep(0);
  cancelled.cancel();
  await assertRejects(async () => await cancelled, aio.CancelledError);
});
