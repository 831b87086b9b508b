/** A lock of threads that a cancelled wait gets too late is given back: nobody has its guard. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { run, TimeoutError, waitFor } from "../../src/asyncio/mod.ts";
import { Lock, RWLock, Semaphore } from "../../src/threading/mod.ts";
import { until } from "../support/until_waiting.ts";

const KINDS = {
  Lock: () => new Lock(),
  "fair Lock": () => new Lock({ fair: true }),
  Semaphore: () => new Semaphore(1),
} as const;

for (const [name, make] of Object.entries(KINDS)) {
  Deno.test(`${name}: waitFor() that ran out of time leaves it free`, async () => {
    const what: Lock | Semaphore = make();
    await run(async () => {
      const held = await what.acquire();
      await assertRejects(async () => await waitFor(what.acquire(), 5), TimeoutError);
      held[Symbol.dispose]();
      await until(() => what.statistics().waiting === 0);
      const again = await what.acquire({ timeout: 60_000 });
      assertEquals(again !== null, true);
      again![Symbol.dispose]();
    });
  });
}

Deno.test("RWLock: waitFor() that ran out of time leaves it free", async () => {
  const lock = new RWLock();
  await run(async () => {
    const held = await lock.acquireWrite();
    await assertRejects(async () => await waitFor(lock.acquireRead(), 5), TimeoutError);
    await assertRejects(async () => await waitFor(lock.acquireWrite(), 5), TimeoutError);
    held[Symbol.dispose]();
    const again = await lock.acquireWrite({ timeout: 60_000 });
    assertEquals(again !== null, true);
    again![Symbol.dispose]();
  });
});
