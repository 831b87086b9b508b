/** A wait for a lock that was woken and then cancelled still counted as one that takes it: the next stood in line for good. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { CancelledError, createTask, run, sleep } from "../../src/asyncio/mod.ts";
import { Lock, RLock, Semaphore } from "../../src/threading/mod.ts";
import { until } from "../support/until_waiting.ts";

const KINDS = {
  "a Lock": () => new Lock(),
  "a fair Lock": () => new Lock({ fair: true }),
  "an RLock": () => new RLock(),
  "a Semaphore": () => new Semaphore(1),
  "a fair Semaphore": () => new Semaphore(1, { fair: true }),
};

for (const [name, make] of Object.entries(KINDS)) {
  Deno.test(`${name}: nobody waits for a waiter that is cancelled in the moment in which it is woken`, async () => {
    await run(async () => {
      const lock = make();
      const held = await lock.acquire();
      const cancelled = createTask(async () => {
        using _guard = await lock.acquire();
        await sleep(60_000);
      });
      await until(() => lock.statistics().waiting === 1, "the task waits");
      held[Symbol.dispose](); // wakes the task's wait, which looks in the next microtask
      cancelled.cancel(); // it looks now, and gives back what it takes
      const next = lock.acquire();
      assertEquals(lock.statistics().waiting, 0);
      (await next)[Symbol.dispose]();
      await assertRejects(() => cancelled.then(), CancelledError);
    });
  });
}
