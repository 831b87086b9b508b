/** Primitives in the family's memory, used by a child that may not see that memory: the parent acts for it. */
import "../../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { BrokenBarrierError } from "../../../src/core/errors.ts";
import {
  Barrier,
  Condition,
  Event,
  Lock,
  Process,
  RLock,
  Semaphore,
  Value,
} from "../../../src/multiprocessing/mod.ts";
import { until } from "../../support/until_waiting.ts";
import { targets } from "../../support/targets/process_targets.ts";

/** A process that has what it needs to run, and no more. */
function confined<A extends unknown[], R>(
  target: (...args: A) => R,
  ...args: A
): Process<A, R> {
  return new Process<A, R>({ target, args, permissions: "none" }).start();
}

Deno.test("a child without --allow-ffi increments under the same lock as one with it, and as its parent", async () => {
  const value = new Value();
  const children = [
    confined(targets.increment, value, 40),
    new Process({ target: targets.increment, args: [value, 40] }).start(),
  ];
  await targets.increment(value, 40);
  await Promise.all(children.map((child) => child.result));
  await Promise.all(children.map((child) => child.join()));
  assertEquals(await value.get(), 120);
});

for (const [name, make] of [["Lock", () => new Lock()], ["RLock", () => new RLock()]] as const) {
  Deno.test(`a ${name} that a child without --allow-ffi holds is given back when the child is killed, and counted`, async () => {
    const lock = make(), held = new Event();
    const child = confined(targets.holdForever, lock as Lock, held);
    child.result.catch(() => {}); // its end is looked at below
    await held.wait();
    assertEquals(await lock.locked(), true);
    assertEquals(await (name === "RLock" ? null : lock.tryAcquire()), null);
    child.kill();
    await child.join();
    await using _guard = await lock.acquire();
    assertEquals((await lock.statistics()).abandoned, 1);
  });

  Deno.test(`a child without --allow-ffi that is killed while it waits for a ${name} leaves the line`, async () => {
    const lock = make(), reached = new Event();
    await lock.acquire();
    const child = confined(targets.waitFor, lock as Lock, reached);
    child.result.catch(() => {}); // its end is looked at below
    await reached.wait();
    await until(async () => (await lock.statistics()).waiting === 1, "the child waits");
    child.kill();
    await child.join();
    assertEquals((await lock.statistics()).waiting, 0);
    await lock.release();
    assertEquals(await lock.statistics().then(({ locked, abandoned }) => [locked, abandoned]), [
      false,
      0,
    ]);
  });
}

Deno.test("a child without --allow-ffi does not hold the RLock of its parent", async () => {
  const lock = new RLock();
  await lock.acquire();
  await using child = confined(targets.tryRLock, lock);
  assertEquals(await child.result, [false, false, "NotOwnerError"]);
  await lock.release();
});

Deno.test("a Semaphore and an Event reach a child without --allow-ffi", async () => {
  const semaphore = new Semaphore(0), event = new Event();
  await using releasing = confined(targets.release, semaphore as unknown as Lock);
  await semaphore.acquire();
  await releasing.result;
  await using waiting = confined(targets.awaitEvent, event);
  await until(async () => (await event.statistics()).waiting === 1, "the child waits");
  await event.set();
  assertEquals(await waiting.result, true);
});

Deno.test("a Condition is notified, and its lock had again, by a child without --allow-ffi", async () => {
  const condition = new Condition(), value = new Value();
  await using child = confined(targets.awaitValue, condition, value);
  await until(async () => (await condition.statistics()).waiting === 1, "the child waits");
  {
    await using _held = await condition.acquire();
    await value.set(7);
    await condition.notify();
  }
  assertEquals(await child.result, 7);
  assertEquals(await condition.statistics(), { waiting: 0, locked: false });
});

Deno.test("a Barrier counts a child without --allow-ffi, and breaks with it", async () => {
  const barrier = new Barrier(2);
  await using child = confined(targets.meet, barrier);
  assertEquals([await barrier.wait(), await child.result].sort(), [0, 1]);
  const doomed = confined(targets.meet, barrier);
  doomed.result.catch(() => {}); // its end is looked at below
  await until(async () => await barrier.nWaiting === 1, "the child waits");
  doomed.kill();
  await doomed.join();
  await assertRejects(() => barrier.wait(), BrokenBarrierError);
});
