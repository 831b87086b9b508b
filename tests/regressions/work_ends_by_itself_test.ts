/** Work brings its result about by itself: nobody sets it from outside, and what cannot make it fails its future. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";

Deno.test("a task's result and failure cannot be set from outside, nor those of what waits", async () => {
  await aio.run(async () => {
    const task = aio.createTask(() => aio.sleep(1, "its own"));
    const operation = aio.waitFor(aio.sleep(1, "its own"), 1000);
    for (const work of [task, operation]) {
      assertThrows(() => work.setResult("mine"), aio.InvalidStateError, "Cannot set the result");
      assertThrows(
        () => work.setException(new Error("mine")),
        aio.InvalidStateError,
        "Cannot set the exception",
      );
      assertEquals(await work, "its own");
    }
  });
});

Deno.test("a task factory that fails, or makes no task, fails the future that was to follow it", async () => {
  const loop = aio.newEventLoop();
  const running = loop.runForever();
  loop.setTaskFactory(() => {
    throw new RangeError("no task today");
  });
  await assertRejects(
    async () => await aio.runCoroutineThreadsafe(() => 1, loop),
    RangeError,
    "no task today",
  );
  loop.setTaskFactory((() => 5) as never);
  await assertRejects(
    async () => await aio.runCoroutineThreadsafe(() => 1, loop),
    TypeError,
    "the task factory gave 5",
  );
  loop.stop();
  await running;
  loop.close();
});

Deno.test("a future that was cancelled before the factory failed stays cancelled", async () => {
  const loop = aio.newEventLoop();
  loop.setTaskFactory(() => {
    throw new RangeError("no task today");
  });
  const future = aio.runCoroutineThreadsafe(() => 1, loop);
  future.cancel();
  loop.stop();
  await loop.runForever(); // one pass
  assertEquals(future.cancelled(), true);
  loop.close();
});

Deno.test("a name is text, whatever is given", async () => {
  await aio.run(async () => {
    const named = (name: unknown) => aio.createTask(() => {}, { name: name as string });
    const tasks = [named(987654321), named(0), named(""), named(null), named(undefined)];
    const names = tasks.map((task) => task.name);
    assertEquals(names.slice(0, 3), ["987654321", "0", ""]);
    assertEquals(names.slice(3).every((name) => /^Task-\d+$/.test(name)), true);
    await aio.wait(tasks);
  });
});

Deno.test("the console shows a task by its name and state, and a future with its outcome", async () => {
  await aio.run(async () => {
    const task = aio.createTask(() => aio.sleep(0, [1]), { name: "fetcher" });
    assertEquals(Deno.inspect(task), `Task "fetcher" { pending }`);
    await task;
    assertEquals(Deno.inspect(task), `Task "fetcher" { done: [ 1 ] }`);
    const failed = new aio.Future<number>();
    failed.setException(new RangeError("boom"));
    assertEquals(Deno.inspect(failed), "Future { done failed: RangeError: boom }");
    failed.exception();
  });
});

Deno.test("the console shows what waits are for by its state, and follows it", async () => {
  await aio.run(async () => {
    const lock = new aio.Lock();
    assertEquals(Deno.inspect(lock), "Lock { locked: false, waiting: 0 }");
    using _held = await lock.acquire();
    assertEquals(Deno.inspect(lock), "Lock { locked: true, waiting: 0 }");
    const tick = aio.getRunningLoop().callLater(1000, function tick() {});
    tick.cancel();
    assertEquals(
      Deno.inspect(tick),
      `TimerHandle { call: null, cancelled: true, when: ${tick.when()} }`,
    );
    const scope = new aio.CancelScope({ shield: true });
    assertEquals(
      Deno.inspect(scope),
      "CancelScope { cancelCalled: false, deadline: Infinity, shield: true }",
    );
    // What extends one of them, and what shows only the class, go on.
    class Named extends aio.Event {}
    assertEquals(Deno.inspect(new Named()), "Named { isSet: false, waiting: 0 }");
    assertEquals(typeof Deno.inspect(aio.Lock.prototype), "string");
  });
});
