/** An async function that awaits its own task waits for ever: it can be cancelled, and is seen as a deadlock. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import {
  CancelledError,
  createTask,
  currentTask,
  DeadlockError,
  run,
  sleep,
  type Task,
  taskTree,
} from "../../src/asyncio/mod.ts";
import { until } from "../../src/testing/mod.ts";

/** Awaits its own task. */
async function awaitItself(): Promise<string> {
  await sleep(0);
  await currentTask();
  return "came through";
}

Deno.test("a task that awaits itself ends when it is cancelled, and runs its finally", async () => {
  await run(async () => {
    let cleaned = false;
    const task = createTask(async () => {
      try {
        return await awaitItself();
      } finally {
        cleaned = true;
      }
    }, { name: "narcissus" });
    await until(() => taskTree().includes("narcissus (waits for narcissus)"));
    assertEquals(task.cancel("enough"), true);
    await assertRejects(async () => await task, CancelledError, "enough");
    assertEquals(cleaned, true);
  });
});

Deno.test("a task that awaits itself over another one ends when it is cancelled", async () => {
  await run(async () => {
    const first: Task<unknown> = createTask(async () => {
      await sleep(0);
      await second;
    });
    const second: Task<unknown> = createTask(async () => {
      await sleep(0);
      await first;
    });
    await sleep(2);
    first.cancel();
    await assertRejects(async () => await first, CancelledError);
    await assertRejects(async () => await second, CancelledError);
  });
});

Deno.test("run({ detectDeadlock }) ends a task that awaits itself with DeadlockError", async () => {
  await assertRejects(() => run(awaitItself, { detectDeadlock: true }), DeadlockError);
});

Deno.test("a reaction to the task's own end, added inside of it, is no wait that hinders it", async () => {
  await run(async () => {
    const ends: unknown[] = [];
    const task = createTask(async () => {
      await sleep(0);
      const self = currentTask()!;
      void self.then((value) => ends.push(value));
      void Promise.all([self]).then(([value]) => ends.push(value));
      await sleep(1);
      return "end";
    });
    assertEquals(await task, "end");
    await sleep(1);
    assertEquals(ends, ["end", "end"]);
  });
});
