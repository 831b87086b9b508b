/** Lock. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { lockSuite } from "../../suites/lock_suite.ts";
import { bodies } from "../../suites/coroutine_bodies.ts";
import { virtually } from "../../support/virtual_run.ts";

lockSuite("asyncio.Lock", () => new aio.Lock(), { fair: true });

Deno.test(
  "Lock: taking a free one does not let others run first (231)",
  virtually(async () => {
    const lock = new aio.Lock();
    let called = false;
    aio.getRunningLoop().callSoon(() => called = true);
    await lock.acquire();
    assert(!called);
    lock.release();
    await aio.createTask(function* () {
      const guard = yield* lock.acquire();
      assert(guard instanceof aio.Guard);
      guard[Symbol.dispose]();
    });
  }),
);

for (const { name, waits } of bodies) {
  Deno.test(
    `Lock: ${name}: in the order of asking; after release() one who asks anew goes last (232, 233)`,
    virtually(async () => {
      const lock = new aio.Lock();
      const seen: number[] = [];
      await lock.acquire();
      const tasks = [1, 2, 3].map((n) =>
        aio.createTask(waits(() => {
          const wait = lock.acquire();
          wait.then(() => seen.push(n));
          return wait;
        }))
      );
      await aio.sleep(0);
      await aio.sleep(0);
      assertEquals(lock.statistics(), { locked: true, waiting: 3 });
      lock.release();
      assert(!lock.locked());
      assertEquals(lock.tryAcquire(), null);
      const last = aio.createTask(waits(() => {
        const wait = lock.acquire();
        wait.then(() => seen.push(4));
        return wait;
      }));
      for (let n = 1; n <= 4; n++) {
        while (seen.length < n) await aio.sleep(0);
        lock.release();
      }
      await aio.gather(...tasks, last);
      assertEquals(seen, [1, 2, 3, 4]);
      assert(!lock.locked());
    }),
  );

  Deno.test(
    `Lock: ${name}: a cancelled waiter leaves; one cancelled after the promise passes it on (234, 236)`,
    virtually(async () => {
      const lock = new aio.Lock();
      await lock.acquire();
      const [a, b, c] = [1, 2, 3].map(() => aio.createTask(waits(() => lock.acquire())));
      await aio.sleep(0);
      await aio.sleep(0);
      a!.cancel();
      await aio.wait([a!]);
      assert(a!.cancelled());
      assertEquals(lock.statistics().waiting, 2);
      lock.release();
      b!.cancel();
      await aio.wait([b!, c!]);
      assert(b!.cancelled());
      assert(c!.done() && !c!.cancelled());
      assert(lock.locked());
    }),
  );
}

Deno.test(
  "Lock: any task may release it; releasing a free one is an error (237)",
  virtually(async () => {
    const lock = new aio.Lock();
    await lock.acquire();
    await aio.createTask(() => lock.release());
    assertThrows(() => lock.release(), aio.NotOwnerError, "it is not acquired");
  }),
);

Deno.test("Lock: waiting in one loop binds it; waiting in another is an error (238)", async () => {
  const lock = new aio.Lock();
  const first = aio.newEventLoop();
  await first.runUntilComplete(async () => {
    await lock.acquire();
    assertEquals(await lock.acquire({ timeout: 1 }), null);
  });
  const second = aio.newEventLoop();
  await assertRejects(
    () => second.runUntilComplete(async () => await lock.acquire()),
    aio.InvalidStateError,
    "bound to another event loop",
  );
  first.close();
  second.close();
});

Deno.test(
  "Lock: a signal ends the wait with its reason",
  virtually(async () => {
    const lock = new aio.Lock();
    await lock.acquire();
    const controller = new AbortController();
    const wait = lock.acquire({ signal: controller.signal });
    const reason = new Error("enough");
    controller.abort(reason);
    await assertRejects(async () => await wait, Error, "enough");
    assertEquals(lock.statistics().waiting, 0);
    await assertRejects(async () => await lock.acquire({ signal: controller.signal }), Error);
  }),
);
