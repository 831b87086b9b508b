/** Futures of a loop. The numbers are those of the checks of Python's behaviour. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { Future as CoreFuture } from "../../src/core/future.ts";
import { virtually } from "../support/virtual_run.ts";

Deno.test("Future: a new one is neither done nor cancelled, and has no result yet (107)", () => {
  const future = new aio.Future();
  assert(!future.done() && !future.cancelled());
  assertThrows(() => future.result(), aio.InvalidStateError);
  assertThrows(() => future.exception(), aio.InvalidStateError);
  assert(future instanceof CoreFuture);
});

Deno.test("Future: a result stays; a second one is refused (108)", () => {
  const future = new aio.Future<number>();
  future.setResult(1);
  assertEquals([future.result(), future.result(), future.exception()], [1, 1, null]);
  assert(!future.cancel());
  assertThrows(() => future.setResult(2), aio.InvalidStateError);
  assertThrows(() => future.setException(new Error()), aio.InvalidStateError);
});

Deno.test("Future: an exception stays; a class makes one; anything else is refused (109)", () => {
  const error = new Error("x");
  const future = new aio.Future();
  future.setException(error);
  assertStrictEquals(future.exception(), error);
  assertStrictEquals(assertThrows(() => future.result()), error);
  const made = new aio.Future();
  made.setException(RangeError);
  assert(made.exception() instanceof RangeError);
  assertThrows(() => new aio.Future().setException(42), TypeError);
});

Deno.test("Future: cancel() once; then it cannot be settled (112, 113)", () => {
  const future = new aio.Future();
  assert(future.cancel("why"));
  assert(future.done() && future.cancelled());
  assertEquals(assertThrows(() => future.result(), aio.CancelledError).message, "why");
  assertThrows(() => future.exception(), aio.CancelledError);
  assert(!future.cancel());
  assertThrows(() => future.setResult(1), aio.InvalidStateError);
});

Deno.test(
  "Future: done callbacks run in a later pass, in order, also on a done one (115, 116)",
  virtually(async () => {
    const seen: string[] = [];
    const future = new aio.Future<void>();
    future.addDoneCallback(() => seen.push("a"));
    future.addDoneCallback(() => seen.push("b"));
    future.setResult();
    future.addDoneCallback(() => seen.push("c"));
    assertEquals(seen, []);
    await aio.sleep(0);
    assertEquals(seen, ["a", "b", "c"]);
  }),
);

Deno.test(
  "Future: a callback added twice is called twice, and both are removed at once (117)",
  virtually(async () => {
    let called = 0;
    const callback = () => called++;
    const future = new aio.Future<void>();
    future.addDoneCallback(callback);
    future.addDoneCallback(callback);
    assertEquals(future.removeDoneCallback(callback), 2);
    assertEquals(future.removeDoneCallback(callback), 0);
    future.addDoneCallback(callback);
    future.addDoneCallback(callback);
    future.setResult();
    await aio.sleep(0);
    assertEquals(called, 2);
  }),
);

Deno.test(
  "Future: a callback that throws is reported, the next one still runs (118)",
  virtually(async () => {
    const reports: unknown[] = [];
    aio.getRunningLoop().setExceptionHandler((_loop, context) => reports.push(context.exception));
    const error = new Error("broken callback");
    let next = false;
    const future = new aio.Future<number>();
    future.addDoneCallback(() => {
      throw error;
    });
    future.addDoneCallback(() => next = true);
    future.setResult(1);
    await aio.sleep(0);
    assertEquals(reports, [error]);
    assert(next);
    assertEquals(future.result(), 1);
  }),
);

Deno.test(
  "Future: awaiting a done one does not let callbacks run first (119)",
  virtually(async () => {
    const future = new aio.Future<number>();
    future.setResult(1);
    let called = false;
    aio.getRunningLoop().callSoon(() => called = true);
    assertEquals(await future, 1);
    assert(!called);
    await aio.createTask(function* () {
      assertEquals(yield* future, 1);
    });
    assert(called);
  }),
);

Deno.test("Future: one of another loop is refused (123)", async () => {
  const other = aio.newEventLoop();
  const foreign = other.createFuture();
  await aio.run(function* () {
    let message = "";
    try {
      yield* foreign;
    } catch (error) {
      message = (error as Error).message;
    }
    assert(message.includes("attached to a different loop"));
  });
  other.close();
});

Deno.test(
  "ensureFuture(): mirrors a future of an executor, and cancels it (126)",
  virtually(async () => {
    const outside = new CoreFuture<number>();
    const mirror = aio.ensureFuture(outside);
    outside.setResult(1);
    assertEquals(await mirror, 1);
    const pending = new CoreFuture<number>();
    aio.ensureFuture(pending).cancel();
    assert(pending.cancelled());
  }),
);

Deno.test(
  "ensureFuture(): futures as they are, coroutines as tasks, else TypeError (127)",
  virtually(async () => {
    const future = new aio.Future<void>();
    assertStrictEquals(aio.ensureFuture(future), future);
    const task = aio.ensureFuture(() => aio.sleep(0, 1));
    assert(task instanceof aio.Task);
    assertEquals(await task, 1);
    assertThrows(() => aio.ensureFuture(1 as unknown as Promise<void>), TypeError, "Cannot wait");
    assertEquals(await aio.ensureFuture({ then: (ok: (n: number) => void) => ok(5) } as never), 5);
  }),
);

Deno.test(
  "Future: of several that await one, each gets an error object of its own",
  virtually(async () => {
    const future = new aio.Future<void>();
    const waiters = [1, 2].map(() =>
      aio.createTask(async () => {
        try {
          await future;
        } catch (error) {
          return { error };
        }
      })
    );
    await aio.sleep(0);
    await aio.sleep(0);
    future.cancel("shared");
    const [one, two] = await aio.gather(...waiters);
    assert(one!.error !== two!.error);
    assertEquals((one!.error as Error).message, "shared");
  }),
);

Deno.test("isFuture() and isCoroutine() tell what they see", () => {
  assert(aio.isFuture(new aio.Future()));
  assert(aio.isFuture(new CoreFuture()));
  assert(!aio.isFuture(Promise.resolve()));
  assert(aio.isCoroutine((function* () {})()));
  assert(!aio.isCoroutine(3));
});

Deno.test("a future that is set from outside while no loop runs still wakes who awaits it", async () => {
  const loop = aio.newEventLoop();
  const future = loop.createFuture<number>();
  const waiter = (async () => await future)();
  await Promise.resolve();
  future.setResult(4);
  assertEquals(await waiter, 4);
  loop.close();
});

Deno.test("a failure that nobody looks at is told to the loop's handler at the end of run() (122)", async () => {
  const messages: string[] = [];
  await aio.run(async () => {
    aio.getRunningLoop().setExceptionHandler((_loop, context) => messages.push(context.message));
    aio.createTask(() => {
      throw new Error("unseen");
    }, { name: "forgotten" });
    await aio.sleep(0);
  });
  assertEquals(messages.length, 1);
  assert(messages[0]!.includes("exception was never retrieved"));
  assert(messages[0]!.includes("forgotten"));
});

Deno.test("rejections pass through then(), catch() and finally() as those of a promise", async () => {
  const future = new aio.Future<number>();
  let ended = false;
  const chain = future.finally(() => ended = true).catch((error) => (error as Error).message);
  future.setException(new Error("down the chain"));
  assertEquals(await chain, "down the chain");
  assert(ended);
  await assertRejects(() => future.then((n) => n + 1), Error, "down the chain");
});
