import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createTask, run, sleep } from "../../../src/asyncio/mod.ts";
import { CancelledError, EOFError, InvalidStateError } from "../../../src/core/errors.ts";
import { Event, Lock, Process, Queue, Value } from "../../../src/multiprocessing/mod.ts";
import { until } from "../../support/until_waiting.ts";
import { served, WAYS } from "../../support/served.ts";
import { lockSuite } from "../../suites/lock_suite.ts";
import { targets } from "../../support/targets/process_targets.ts";

for (const way of WAYS) {
  lockSuite(`multiprocessing.Lock, ${way.name}`, () => way.lock(), { fair: way.name === "served" });

  Deno.test(`Lock is given back when the process that holds it is killed: ${way.name}`, async () => {
    const lock = way.lock();
    const held = new Event();
    const child = new Process({ target: targets.holdForever, args: [lock, held] }).start();
    await held.wait();
    assertEquals(await lock.tryAcquire(), null);
    const acquired = lock.acquire();
    child.kill();
    await using _guard = await acquired;
    assertEquals((await lock.statistics()).abandoned, 1);
    await child.join();
  });

  Deno.test(`Lock waited for elsewhere is not granted to a process that is killed meanwhile: ${way.name}`, async () => {
    const lock = way.lock();
    const reached = new Event();
    const guard = await lock.acquire();
    const child = new Process({ target: targets.waitFor, args: [lock, reached] }).start();
    await reached.wait();
    await until(async () => (await lock.statistics()).waiting === 1, "the child waits");
    child.kill();
    await child.join();
    assertEquals((await lock.statistics()).waiting, 0);
    guard[Symbol.dispose]();
    assertEquals(await lock.locked(), false);
  });

  Deno.test(`Lock can be released by another process: ${way.name}`, async () => {
    const lock = way.lock();
    await lock.acquire();
    await using child = new Process({ target: targets.release, args: [lock] }).start();
    await child.result;
    assertEquals(await lock.locked(), false);
  });
}

Deno.test("Lock keeps the increments of several processes apart", async () => {
  const value = new Value();
  const children = [1, 2, 3].map(() =>
    new Process({ target: targets.increment, args: [value, 60] }).start()
  );
  await Promise.all(children.map((child) => child.result));
  await Promise.all(children.map((child) => child.join()));
  assertEquals(await value.get(), 180);
});

Deno.test("an object whose home has ended fails with EOFError", async () => {
  const child = new Process({ target: targets.makeLock }).start();
  const lock = await child.result;
  await child.join();
  await assertRejects(() => lock.acquire(), Error, "gone");
});

Deno.test("a wait for a lock ends with EOFError when the process that made the lock dies", async () => {
  const from = new Queue<Lock>();
  const home = new Process({ target: targets.lendHeld, args: [from] }).start();
  const lock = await from.get();
  const later = lock.acquire();
  home.kill();
  await assertRejects(() => later, EOFError, "gone");
  await home.join();
  await assertRejects(() => lock.acquire(), EOFError, "gone");
  await assertRejects(() => lock.locked(), EOFError, "gone");
});

Deno.test("a process that blocks for a lock goes on when the process that made the lock dies", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const from = new Queue<Lock>(), reached = new Event();
  const home = new Process({ target: targets.lendHeld, args: [from] }).start();
  const lock = await from.get();
  await using blocked = new Process({ target: targets.blockFor, args: [lock, reached] }).start();
  await reached.wait();
  await until(async () => (await lock.statistics()).waiting === 1, "it blocks");
  home.kill();
  assertEquals(await blocked.result, "EOFError");
  await home.join();
});

Deno.test("a lock that is served is not blocked for", () => {
  const error = assertThrows(() => served.lock().acquireSync(), InvalidStateError);
  assert(error.message.includes("--allow-ffi"), error.message);
});

Deno.test("a process that blocks for a lock is asked to stop, and leaves the line", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const lock = new Lock(), reached = new Event();
  await using _held = await lock.acquire();
  await using child = new Process({ target: targets.blockFor, args: [lock, reached] }).start();
  await reached.wait();
  await until(async () => (await lock.statistics()).waiting === 1, "it blocks");
  child.stop(new RangeError("enough"));
  assertEquals(await child.result, "RangeError");
  assertEquals((await lock.statistics()).waiting, 0);
});

for (const way of WAYS) {
  const kinds = [["Lock", () => way.lock()], ["Semaphore", () => way.semaphore(1)]] as const;
  for (const [kind, make] of kinds) {
    Deno.test(`${way.name}: two tasks of a process that take a ${kind} again and again both have their turns`, async () => {
      const lock = make(), turns = [0, 0];
      let isOver = false;
      const takeAgain = async (me: 0 | 1): Promise<void> => {
        while (!isOver) {
          await using _held = await lock.acquire();
          turns[me]!++;
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      };
      const both = [takeAgain(0), takeAgain(1)];
      await until(() => turns.every((each) => each >= 20), `both have turns: ${turns}`);
      isOver = true;
      await Promise.all(both);
    });
  }
}

for (const way of WAYS) {
  Deno.test(`${way.name}: a wait that is given up as soon as it has begun ends, with others before it`, async () => {
    const lock = way.lock();
    const held = await lock.acquire();
    const waits = [0, 1, 2].map(() => {
      const controller = new AbortController();
      return { controller, wait: lock.acquire({ signal: controller.signal }) };
    });
    for (const { controller } of waits.toReversed()) controller.abort(new RangeError("mind"));
    for (const { wait } of waits) await assertRejects(() => wait, RangeError, "mind");
    await run(async () => {
      const first = createTask(() => lock.acquire());
      await sleep(0);
      const second = createTask(async () => {
        const waiting = lock.acquire();
        second.cancel();
        await waiting;
      });
      await assertRejects(() => second, CancelledError);
      await held[Symbol.asyncDispose]();
      await (await first)[Symbol.asyncDispose]();
    });
    assertEquals((await lock.statistics()).locked, false);
    assertEquals((await lock.statistics()).waiting, 0);
  });
}
