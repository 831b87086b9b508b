/** What CPython's tests say of cancelling tasks and futures, beyond the numbered checks of task_test.ts. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { bodies } from "../suites/coroutine_bodies.ts";

/** The body of a test that runs in a loop of its own. */
const inLoop = (main: () => Promise<void>) => async () => await aio.run(main);

for (const { name, waits, returns, catches } of bodies) {
  Deno.test(
    `${name}: a cancel that is taken back before the task ran on is forgotten, and its result kept`,
    inLoop(async () => {
      const future = new aio.Future<string>();
      const task = aio.createTask(returns(() => future));
      await aio.sleep(0);
      future.setResult("kept");
      task.cancel();
      assertEquals([task.cancelling(), task.uncancel()], [1, 0]);
      assertEquals(await task, "kept");
    }),
  );

  Deno.test(
    `${name}: the message of a cancel is there in result(), exception() and await, also before the first step`,
    inLoop(async () => {
      for (const begun of [true, false]) {
        const task = aio.createTask(waits(() => aio.sleep(1000)));
        if (begun) await aio.sleep(0);
        task.cancel("enough");
        await aio.wait([task]);
        for (const ask of [() => task.result(), () => task.exception()]) {
          assertThrows(ask, aio.CancelledError, "enough");
        }
        await assertRejects(async () => await task, aio.CancelledError, "enough");
      }
    }),
  );

  Deno.test(
    `${name}: the task and the future that it waits for, both cancelled in one step, end once`,
    inLoop(async () => {
      const future = new aio.Future<void>();
      let ends = 0;
      const task = aio.createTask(catches(() => future, "caught"));
      task.addDoneCallback(() => ends++);
      await aio.sleep(0);
      future.cancel();
      task.cancel();
      assertEquals(await task, "caught");
      await aio.sleep(0);
      assertEquals(ends, 1);
    }),
  );

  Deno.test(
    `${name}: two cancels before the task runs on are one CancelledError`,
    inLoop(async () => {
      const caught = catches(() => aio.sleep(1000), "caught");
      const task = aio.createTask(async () => {
        const first = await aio.createTask(caught);
        return first;
      });
      const twice = aio.createTask(async () => {
        const seen: unknown[] = [];
        for (let i = 0; i < 2; i++) {
          try {
            seen.push(await aio.sleep(5, "slept"));
          } catch (error) {
            seen.push((error as Error).name);
          }
        }
        return seen;
      });
      await aio.sleep(0);
      await aio.sleep(0);
      for (let i = 0; i < 2; i++) {
        task.cancel();
        twice.cancel();
      }
      assertEquals(await twice, ["CancelledError", "slept"]);
      assertEquals(twice.cancelling(), 2);
      assertEquals(await task, "caught");
    }),
  );
}

for (const timesOut of [true, false]) {
  Deno.test(
    `a timeout made by hand of cancel() and uncancel(); it times out: ${timesOut}`,
    inLoop(async () => {
      const task: aio.Task<string> = aio.createTask(async () => {
        let over = false;
        const timer = aio.getRunningLoop().callLater(timesOut ? 5 : 1000, () => {
          over = true;
          task.cancel();
        });
        try {
          await aio.sleep(timesOut ? 1000 : 0);
          return "in time";
        } catch (error) {
          if (over && task.uncancel() === 0 && error instanceof aio.CancelledError) {
            await aio.sleep(0);
            return "too late";
          }
          throw error;
        } finally {
          timer.cancel();
        }
      });
      assertEquals(await task, timesOut ? "too late" : "in time");
      assertEquals(task.cancelling(), 0);
    }),
  );
}

Deno.test(
  "the cancel of an inner task comes out with its message, and the outer one may turn it",
  inLoop(async () => {
    const inner = aio.createTask(() => aio.sleep(1000));
    const outer = aio.createTask(async () => {
      aio.getRunningLoop().callSoon(() => inner.cancel("inner"));
      try {
        await inner;
      } catch (cause) {
        throw new RangeError("turned", { cause });
      }
    });
    const error = await assertRejects(async () => await outer, RangeError, "turned");
    assert(error.cause instanceof aio.CancelledError && error.cause.message === "inner");
    assert(!outer.cancelled() && inner.cancelled());
  }),
);

Deno.test(
  "one that catches the cancel goes on with another future, which is left in peace",
  inLoop(async () => {
    const [first, second, third] = [1, 2, 3].map(() => new aio.Future<number>());
    const task = aio.createTask(async () => {
      await first;
      await assertRejects(async () => await second, aio.CancelledError);
      return await third;
    });
    await aio.sleep(0);
    first!.setResult(1);
    await aio.sleep(0);
    await aio.sleep(0);
    task.cancel();
    assert(second!.cancelled());
    await aio.sleep(0);
    third!.setResult(3);
    assertEquals(await task, 3);
  }),
);

Deno.test(
  "a task that cancels itself and then waits for another one cancels that, and what it waits for",
  inLoop(async () => {
    const future = new aio.Future<void>();
    let nested!: aio.Task<void>;
    const task: aio.Task<void> = aio.createTask(async () => {
      nested = aio.createTask(async () => await future);
      await aio.sleep(0);
      task.cancel();
      await nested;
    });
    await assertRejects(async () => await task, aio.CancelledError);
    assertEquals([nested.cancelled(), future.cancelled()], [true, true]);
  }),
);

Deno.test(
  "an error in the clean-up of a cancel is the task's error",
  inLoop(async () => {
    const error = new RangeError("in the clean-up");
    const task = aio.createTask(async () => {
      try {
        await aio.sleep(1000);
      } catch {
        throw error;
      }
    });
    await aio.sleep(0);
    task.cancel();
    assertStrictEquals(await assertRejects(async () => await task), error);
    assert(!task.cancelled());
  }),
);

Deno.test(
  "wait() is no wait for the task itself: cancelling the waiter leaves it alone",
  inLoop(async () => {
    const inner = aio.createTask(() => aio.sleep(2, "done"));
    const outer = aio.createTask(() => aio.wait([inner]));
    await aio.sleep(0);
    outer.cancel();
    await assertRejects(async () => await outer, aio.CancelledError);
    assertEquals(await inner, "done");
  }),
);

Deno.test(
  "done callbacks that take others back or add some while they are called",
  inLoop(async () => {
    const future = new aio.Future<void>();
    const seen: string[] = [];
    future.addDoneCallback(() => {
      seen.push("first");
      future.addDoneCallback(() => seen.push("added"));
      throw new RangeError("broken");
    });
    future.addDoneCallback(() => seen.push("second"));
    const told: unknown[] = [];
    aio.getRunningLoop().setExceptionHandler((_loop, { exception }) => told.push(exception));
    future.setResult();
    for (let i = 0; i < 3; i++) await aio.sleep(0);
    assertEquals(seen, ["first", "second", "added"]);
    assert(told[0] instanceof RangeError && told.length === 1);
  }),
);

Deno.test(
  "groups in groups and gathers in gathers: each runs once",
  inLoop(async () => {
    let count = 0;
    const grouped = async (depth: number): Promise<void> => {
      count++;
      if (depth === 0) return;
      await aio.TaskGroup.run((group) => {
        for (let i = 0; i < 4; i++) group.createTask(() => grouped(depth - 1));
      });
    };
    const gathered = async (depth: number): Promise<void> => {
      count++;
      if (depth > 0) {
        await aio.gather(...Array.from({ length: 4 }, () => () => gathered(depth - 1)));
      }
    };
    await grouped(4);
    assertEquals(count, (4 ** 5 - 1) / 3);
    count = 0;
    await gathered(4);
    assertEquals(count, (4 ** 5 - 1) / 3);
  }),
);
