/** Barrier. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { barrierSuite } from "../../suites/barrier_suite.ts";
import { virtually } from "../../support/virtual_run.ts";

barrierSuite("asyncio.Barrier", (parties, action) => new aio.Barrier(parties, { action }), {
  timeouts: false,
});

Deno.test(
  "Barrier: parties, nWaiting, broken; each gets its own number (254)",
  virtually(async () => {
    assertThrows(() => new aio.Barrier(0), RangeError);
    assertThrows(() => new aio.Barrier(-4), RangeError);
    const barrier = new aio.Barrier(3);
    const waits = [aio.createTask(() => barrier.wait()), aio.createTask(() => barrier.wait())];
    await aio.sleep(1);
    assertEquals([barrier.parties, barrier.nWaiting, barrier.broken], [3, 2, false]);
    assertEquals(await barrier.wait(), 2);
    assertEquals(await aio.gather(...waits), [0, 1]);
    assertEquals(barrier.nWaiting, 0);
  }),
);

Deno.test(
  "Barrier: one that is cancelled, or too late, leaves the count and breaks nothing (256)",
  virtually(async () => {
    const barrier = new aio.Barrier(2);
    const task = aio.createTask(() => barrier.wait());
    await aio.sleep(1);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
    assertEquals([barrier.nWaiting, barrier.broken], [0, false]);
    assertEquals(await barrier.wait({ timeout: 5 }), null);
    assertEquals([barrier.nWaiting, barrier.broken], [0, false]);
  }),
);

Deno.test(
  "Barrier: abort() and reset() send those who wait away (257, 258)",
  virtually(async () => {
    const barrier = new aio.Barrier(2);
    const first = aio.createTask(() => barrier.wait());
    await aio.sleep(1);
    await barrier.abort();
    assert(barrier.broken);
    await assertRejects(async () => await first, aio.BrokenBarrierError);
    await assertRejects(async () => await barrier.wait(), aio.BrokenBarrierError);
    await barrier.reset();
    const second = aio.createTask(() => barrier.wait());
    await aio.sleep(1);
    await barrier.reset();
    await assertRejects(async () => await second, aio.BrokenBarrierError);
    assert(!barrier.broken);
  }),
);
