/** Deadlocks: what is seen, and what is left in peace. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { program } from "../support/program.ts";
import { VirtualClock } from "../../src/testing/mod.ts";

async function lockTwice(): Promise<void> {
  const lock = new aio.Lock();
  await lock.acquire();
  await lock.acquire();
}

Deno.test("run({ detectDeadlock }) ends with DeadlockError when everything waits, and cleans up", async () => {
  let cleaned = false;
  const error = await assertRejects(() =>
    aio.run(async () => {
      const a = new aio.Event(), b = new aio.Event();
      aio.createTask(async () => {
        try {
          await a.wait();
        } finally {
          cleaned = true;
        }
        b.set();
      }, { name: "philosopher" });
      await b.wait();
      a.set();
    }, { detectDeadlock: true }), aio.DeadlockError);
  assertStringIncludes(error.message, "philosopher (waits for");
  assert(cleaned);
});

Deno.test("run({ detectDeadlock }) sees tasks that wait for each other, both bodies", async () => {
  await assertRejects(() => aio.run(lockTwice, { detectDeadlock: true }), aio.DeadlockError);
  await assertRejects(() =>
    aio.run(function* () {
      const queue = new aio.Queue<number>();
      const worker = aio.createTask(function* () {
        return yield* queue.get();
      });
      const waiter = aio.createTask(async () => await worker);
      yield* aio.gather(waiter, worker);
    }, { detectDeadlock: true }), aio.DeadlockError);
});

Deno.test("in virtual time a deadlock is seen without being asked for", async () => {
  using _clock = new VirtualClock();
  await assertRejects(() => aio.run(lockTwice), aio.DeadlockError);
});

Deno.test("timers, bounded waits, foreign promises and bare futures are no deadlock", async () => {
  await aio.run(async () => {
    const event = new aio.Event();
    assertEquals(await event.wait({ timeout: 5 }), false);
    await aio.sleep(5);
    const future = new aio.Future<number>();
    setTimeout(() => future.setResult(1), 5);
    assertEquals(await future, 1);
    assertEquals(await new Promise((resolve) => setTimeout(() => resolve(2), 5)), 2);
    const queue = new aio.Queue<number>();
    aio.createTask(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      queue.putNowait(3);
    });
    assertEquals(await queue.get(), 3);
  }, { detectDeadlock: true });
});

Deno.test("without being asked for it, a wake-up from outside may come at any time", async () => {
  await aio.run(async () => {
    const event = new aio.Event();
    setTimeout(() => event.set(), 20);
    assert(await event.wait());
  });
});

Deno.test("run() ends with DeadlockError when nothing can ever wake its tasks, and lets them clean up", async () => {
  const { code, stdout, stderr } = await program("deadlock_asyncio.ts");
  assertStringIncludes(stdout, "true DeadlockError: Everything waits and nothing can wake it");
  assertStringIncludes(stdout, "sleeper");
  assertStringIncludes(stdout, "cleaned up");
  assertEquals([code, stderr], [0, ""]);
});
