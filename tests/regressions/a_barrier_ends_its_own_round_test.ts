/** Whoever leaves a barrier, or fails in its action, ends the round it belongs to and no other. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { Barrier } from "../../src/threading/mod.ts";
import { until } from "../support/until_waiting.ts";

Deno.test("reset() sends away the waiters, and those who come in the same turn are a new round", async () => {
  const barrier = new Barrier(3);
  const old = [barrier.wait(), barrier.wait()].map((each) =>
    each.then(() => "passed", (error) => error.name)
  );
  await until(() => barrier.nWaiting === 2);
  barrier.reset();
  const fresh = [barrier.wait(), barrier.wait(), barrier.wait()];
  assertEquals((await Promise.all(fresh)).sort(), [0, 1, 2]);
  assertEquals(await Promise.all(old), ["BrokenBarrierError", "BrokenBarrierError"]);
  assertEquals(barrier.broken, false);
});

Deno.test("an action that throws after a reset() in it leaves the new round alone", async () => {
  let fails = true;
  let fresh: Promise<number> | undefined;
  const barrier: Barrier = new Barrier(2, {
    action: () => {
      if (!fails) return;
      fails = false;
      barrier.reset();
      fresh = barrier.wait(); // of the new round, while the action of the old one goes on
      throw new Error("mine");
    },
  });
  const first = barrier.wait().then(() => "passed", (error) => error.name);
  await assertRejects(() => barrier.wait(), Error, "mine");
  assertEquals([await first, barrier.broken, barrier.nWaiting], ["BrokenBarrierError", false, 1]);
  const second = await barrier.wait();
  assertEquals([await fresh!, second].sort(), [0, 1]);
});

Deno.test("one that leaves in the turn of a reset() does not break the new round", async () => {
  const TIMEOUT = 100;
  for (const how of ["abort", "timeout"]) {
    const barrier = new Barrier(2);
    const controller = new AbortController();
    const options = how === "abort" ? { signal: controller.signal } : { timeout: TIMEOUT };
    const leaving = barrier.wait(options).then(() => "passed", (error) => error.name);
    await until(() => barrier.nWaiting === 1);
    barrier.reset();
    const fresh = barrier.wait();
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve, TIMEOUT + 1));
    assertEquals([await leaving, barrier.broken], ["BrokenBarrierError", false]);
    const second = await barrier.wait();
    assertEquals([await fresh, second].sort(), [0, 1], how);
  }
});

Deno.test("one that comes while others act, and leaves before they are done, does not break their pass", async () => {
  const controller = new AbortController();
  let late: Promise<unknown> | undefined;
  const barrier: Barrier = new Barrier(2, {
    action: () => {
      if (late !== undefined) return;
      late = barrier.wait({ signal: controller.signal }).catch((error) => error.name);
      controller.abort();
    },
  });
  const turns = await Promise.all([barrier.wait(), barrier.wait()]);
  assertEquals([turns.sort(), await late, barrier.broken], [[0, 1], "AbortError", false]);
});
