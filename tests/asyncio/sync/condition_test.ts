/** Condition. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { conditionSuite } from "../../suites/condition_suite.ts";
import { virtually } from "../../support/virtual_run.ts";

conditionSuite("asyncio.Condition", () => new aio.Condition());

Deno.test(
  "Condition: without the lock nothing can be waited for or notified (242)",
  virtually(async () => {
    const condition = new aio.Condition();
    await assertRejects(
      async () => await condition.wait(),
      aio.NotOwnerError,
      "its lock is not held",
    );
    await assertRejects(async () => await condition.waitFor(() => true), aio.NotOwnerError);
    assertThrows(() => condition.notify(), aio.NotOwnerError, "its lock is not held");
    assertThrows(() => condition.notifyAll(), aio.NotOwnerError);
  }),
);

Deno.test(
  "Condition: a cancelled waiter takes the lock again before it ends (245)",
  virtually(async () => {
    const condition = new aio.Condition();
    let held = false;
    const waiter = aio.createTask(async () => {
      using _held = await condition.acquire();
      try {
        await condition.wait();
      } finally {
        held = condition.locked();
      }
    });
    await aio.sleep(1);
    const guard = await condition.acquire();
    waiter.cancel();
    await aio.sleep(1);
    assert(!waiter.done());
    guard[Symbol.dispose]();
    await assertRejects(async () => await waiter, aio.CancelledError);
    assert(held);
    assert(!condition.locked());
  }),
);

Deno.test(
  "Condition: one that is cancelled after it was notified passes the notification on (246)",
  virtually(async () => {
    const condition = new aio.Condition();
    const woken: number[] = [];
    const waiter = (n: number) =>
      aio.createTask(async () => {
        using _held = await condition.acquire();
        await condition.wait();
        woken.push(n);
      });
    const first = waiter(1), second = waiter(2);
    await aio.sleep(1);
    {
      using _held = await condition.acquire();
      condition.notify();
      first.cancel();
    }
    await aio.wait([first, second]);
    assertEquals(woken, [2]);
  }),
);

Deno.test(
  "Condition(lock) shares the lock (247); waitFor() gives the predicate's value (244)",
  virtually(async () => {
    const lock = new aio.Lock();
    const condition = new aio.Condition(lock);
    await condition.acquire();
    assert(lock.locked());
    let ready = 0;
    const waiter = aio.createTask(async () => {
      using _held = await condition.acquire();
      return await condition.waitFor(() => ready >= 2 ? `ready ${ready}` : null);
    });
    lock.release();
    for (ready = 1; ready < 2; ready++) {
      await aio.sleep(1);
      using _held = await condition.acquire();
      condition.notifyAll();
    }
    await aio.sleep(1);
    {
      using _held = await condition.acquire();
      condition.notifyAll();
    }
    assertEquals(await waiter, "ready 2");
    assertThrows(() => new aio.Condition({} as never), TypeError);
  }),
);

Deno.test(
  "Condition: a timeout gives false, or the last answer, with the lock held",
  virtually(function* () {
    const condition = new aio.Condition();
    using _held = yield* condition.acquire();
    assertEquals(yield* condition.wait({ timeout: 5 }), false);
    assertEquals(yield* condition.waitFor(() => 0, { timeout: 5 }), 0);
    assert(condition.locked());
  }),
);
