/**
 * The contract of executors: one suite, whichever of them runs the work.
 */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  asCompleted,
  type Executor,
  RemoteError,
  ShutDownError,
  TransferError,
  wait,
} from "@quartet/concurrency/futures";
import { contextJobs, user } from "../support/targets/context_jobs.ts";
import { jobs, OrderError } from "../support/targets/jobs.ts";
import { streamJobs } from "../support/targets/stream_jobs.ts";
import { until } from "../support/until_waiting.ts";

/** What an executor is able to do beside the common. */
export interface ExecutorTraits {
  /** A new executor with room for so many jobs at once. */
  readonly make: (width: number) => Executor;
  /** Arguments and results cross to somewhere else. */
  readonly isRemote: boolean;
  /** How many jobs of the width really overlap. */
  readonly overlaps: boolean;
}

/** Registers the suite's tests for one executor. */
export function executorSuite(name: string, { make, isRemote, overlaps }: ExecutorTraits): void {
  const test = (promise: string, fn: (executor: Executor) => Promise<void>, width = 2): void => {
    Deno.test(`${name} ${promise}`, async () => {
      await using executor = make(width);
      await fn(executor);
    });
  };

  test("submit() gives the result of a function", async (executor) => {
    assertEquals(await executor.submit(jobs.square, 7), 49);
  });

  test("submit() gives the awaited result of an async function", async (executor) => {
    assertEquals(await executor.submit(jobs.addLater, 3, 4), 7);
  });

  test("submit() takes an inline function that needs nothing from around it", async (executor) => {
    assertEquals(await executor.submit((a: number, b: number) => a * b, 6, 7), 42);
  });

  test("submit() carries undefined, null and nested values both ways", async (executor) => {
    const values = [
      undefined,
      null,
      { a: [1, { b: new Date(0) }] },
      new Map([["k", new Set([1n])]]),
    ];
    assertEquals(await executor.submit(jobs.echo, ...values), values);
  });

  test("submit() refuses what is no function", (executor) => {
    const number = 42 as unknown as () => void;
    assertThrows(() => executor.submit(number), TypeError, "42");
    return Promise.resolve();
  });

  test("a failure arrives with class, message and fields", async (executor) => {
    const error = await assertRejects(
      () => executor.submit(jobs.failWithOrder, 17).then(),
      OrderError,
      "no such order",
    );
    assertEquals(error.orderId, 17);
    assertEquals(error.name, "OrderError");
    assert(error.stack?.includes("failWithOrder"), "the stack is the far side's");
  });

  test("a failure arrives with its cause", async (executor) => {
    const error = await assertRejects(() => executor.submit(jobs.failWithCause).then(), RangeError);
    assertInstanceOf(error.cause, TypeError);
    assertEquals(error.cause.message, "inner");
  });

  test("several failures arrive as an AggregateError of their classes", async (executor) => {
    const error = await assertRejects(
      () => executor.submit(jobs.failWithMany).then(),
      AggregateError,
    );
    assertEquals(error.errors.map((each) => each.constructor), [TypeError, RangeError]);
  });

  test("what is thrown without being an error arrives as it is", async (executor) => {
    const future = executor.submit(jobs.throwText);
    await wait([future]);
    assertEquals(future.exception(), "just text");
  });

  test("a future tells its state, result and exception", async (executor) => {
    const good = executor.submit(jobs.square, 3);
    const bad = executor.submit(jobs.failWithOrder, 1);
    await wait([good, bad]);
    assertEquals([good.state, good.done(), good.running(), good.cancelled()], [
      "done",
      true,
      false,
      false,
    ]);
    assertEquals([good.result(), good.exception()], [9, null]);
    assertInstanceOf(bad.exception(), OrderError);
    assertThrows(() => bad.result(), OrderError);
  });

  test("a done callback gets the future, also when it was added late", async (executor) => {
    const seen: unknown[] = [];
    const future = executor.submit(jobs.square, 4);
    future.addDoneCallback((each) => seen.push(each.result()));
    await future;
    future.addDoneCallback((each) => seen.push(each.result()));
    assertEquals(seen, [16, 16]);
  });

  test("map() gives results in the order of the inputs", async (executor) => {
    assertEquals(await Array.fromAsync(executor.map(jobs.square, [3, 1, 2])), [9, 1, 4]);
  });

  test("map() with ordered: false gives each result once", async (executor) => {
    const results = await Array.fromAsync(
      executor.map(jobs.square, [3, 1, 2], { ordered: false }),
    );
    assertEquals(results.sort(), [1, 4, 9]);
  });

  test("map() with a chunkSize gives the same results", async (executor) => {
    const inputs = Array.from({ length: 23 }, (_, n) => n);
    assertEquals(
      await Array.fromAsync(executor.map(jobs.square, inputs, { chunkSize: 5 })),
      inputs.map((n) => n * n),
    );
  });

  test("map() over two iterables ends with the shorter", async (executor) => {
    assertEquals(await Array.fromAsync(executor.map(jobs.addLater, [1, 2, 3], [10, 20])), [11, 22]);
  });

  test("map() takes an endless input lazily and lets go of it at break", async (executor) => {
    let taken = 0;
    let closed = false;
    function* endless(): Generator<number> {
      try {
        for (;;) yield taken++;
      } finally {
        closed = true;
      }
    }
    const results: number[] = [];
    for await (const result of executor.map(jobs.square, endless(), { lookAhead: 4 })) {
      results.push(result);
      if (results.length === 5) break;
    }
    assertEquals(results, [0, 1, 4, 9, 16]);
    assert(taken <= 10, `took ${taken} inputs for 5 results`);
    assert(closed);
  });

  test("map() ends with the first failure, after the results before it", async (executor) => {
    const results: unknown[] = [];
    await assertRejects(
      async () => {
        const fn = (n: number) => {
          if (n === 2) throw new RangeError("two");
          return n;
        };
        for await (const result of executor.map(fn, [0, 1, 2, 3])) results.push(result);
      },
      RangeError,
      "two",
    );
    assertEquals(results, [0, 1]);
  });

  test("map() refuses a chunkSize of 0 before it takes an input", (executor) => {
    assertThrows(() => executor.map(jobs.square, [1], { chunkSize: 0 }), RangeError, "chunkSize 0");
    return Promise.resolve();
  });

  test("stream() gives what a generator yields, in order", async (executor) => {
    const items = await Array.fromAsync(executor.stream(jobs.count, 300));
    assertEquals(items, Array.from({ length: 300 }, (_, n) => n));
  });

  test("stream() gives what an async generator yields", async (executor) => {
    assertEquals(await Array.fromAsync(executor.stream(jobs.countLater, 4)), [0, 1, 2, 3]);
  });

  test("stream() gives the items of what an async function returns", async (executor) => {
    assertEquals(await Array.fromAsync(executor.stream(jobs.listLater, 4)), [0, 1, 2, 3]);
    await assertRejects(
      () => Array.fromAsync(executor.stream(jobs.addLater as never, 1 as never, 2 as never)),
      TypeError,
      "Cannot stream 3: the function must be a generator",
    );
  });

  test("stream() gives the items before a failure, then the failure", async (executor) => {
    const items: number[] = [];
    await assertRejects(async () => {
      for await (const item of executor.stream(jobs.countAndFail, 3)) items.push(item);
    }, OrderError);
    assertEquals(items, [0, 1, 2]);
  });

  test("stream() says what a function must return whose items are wanted", async (executor) => {
    await assertRejects(
      () => Array.fromAsync(executor.stream(jobs.square as never, 3 as never)),
      TypeError,
      "Cannot stream 9: the function must be a generator",
    );
  });

  test("a generator that waits is told when its reader leaves, and has ended when return() ends", async (executor) => {
    const items = executor.stream(streamJobs.waitForSignal, "waited");
    assertEquals(await items.next(), { done: false, value: "begun" });
    const waiting = items.next();
    assertEquals(await items.return!(), { done: true, value: undefined });
    assertEquals(await waiting, { done: true, value: undefined });
    const noted = await executor.broadcast(jobs.recallWorker, "waited");
    assert(noted.includes("No more items are wanted"), Deno.inspect(noted));
    await executor.broadcast(jobs.rememberWorker, "waited", null);
  });

  test("a checkpoint of a generator throws once its reader has left", async (executor) => {
    const items = executor.stream(streamJobs.look, "looked");
    assertEquals((await items.next()).value, 0);
    const waiting = items.next();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve(); // it looks, over and over
    assertEquals(await items.return!(), { done: true, value: undefined }); // what it was told with is no failure of its
    assertEquals((await waiting).done, true);
    const noted = await executor.broadcast(jobs.recallWorker, "looked");
    // The stop of a thread is seen at once, its reason only where its message can be read.
    const isTold = noted.includes("CancelledError") || noted.includes("StoppedError");
    assert(isTold, Deno.inspect(noted));
    await executor.broadcast(jobs.rememberWorker, "looked", null);
  });

  test("a break at the first item runs the generator's finally as the job, not far ahead of the reader", async (executor) => {
    for await (const item of executor.stream(streamJobs.count, "counted")) {
      assertEquals(item, 0);
      break;
    }
    const noted = await executor.broadcast(jobs.recallWorker, "counted") as [number, boolean][];
    const [count, isAborted] = noted.find((each) => Array.isArray(each))!;
    assert(count < 200, `it was let run to ${count}`);
    assertEquals(isAborted, true);
    await executor.broadcast(jobs.rememberWorker, "counted", null);
  });

  test("return() waits for the end of a generator that never looks", async (executor) => {
    const items = executor.stream(streamJobs.neverLook, "deaf");
    assertEquals((await items.next()).value, 0);
    const waiting = items.next();
    await items.return!();
    assertEquals((await waiting).done, true);
    const noted = await executor.broadcast(jobs.recallWorker, "deaf");
    assert(noted.includes("ended"), Deno.inspect(noted));
    await executor.broadcast(jobs.rememberWorker, "deaf", null);
  });

  test("a stream that is left before its first item leaves nothing running", async (executor) => {
    for (let turns = 0; turns < 6; turns++) {
      const items = executor.stream(streamJobs.waitForSignal, "unread");
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      assertEquals(await items.return!(), { done: true, value: undefined });
      assertEquals((await items.next()).done, true);
    }
    await executor.onIdle();
    assertEquals(executor.statistics().running, 0);
    assertEquals(await executor.submit(jobs.square, 4), 16);
  });

  test("ready() ends when jobs can be taken", async (executor) => {
    await executor.ready();
    assertEquals(await executor.submit(jobs.square, 2), 4);
  });

  test("broadcast() runs once on every worker", async (executor) => {
    await executor.broadcast(jobs.rememberWorker, "executorSuite", 5);
    const { workers } = executor.statistics();
    assertEquals(
      await executor.broadcast(jobs.recallWorker, "executorSuite"),
      new Array(workers).fill(5),
    );
  });

  test("statistics() counts the jobs and is immutable", async (executor) => {
    for (let n = 0; n < 5; n++) await executor.submit(jobs.square, n);
    const statistics = executor.statistics();
    assertEquals([statistics.completed, statistics.queued, statistics.running], [5, 0, 0]);
    assertEquals(statistics.run.count, 5);
    assert(Object.isFrozen(statistics));
  });

  test("shutdown() waits for the jobs there and refuses new ones", async (executor) => {
    const future = executor.submit(jobs.addLater, 1, 2);
    await executor.shutdown();
    assertEquals(future.result(), 3);
    assertThrows(() => executor.submit(jobs.square, 1), ShutDownError);
    await executor.shutdown();
  });

  test("an aborted signal takes the job back with the signal's reason", async (executor) => {
    const reason = new Error("not needed");
    const future = executor.submitWith({ signal: AbortSignal.abort(reason) }, jobs.square, 1);
    assertEquals(await future.catch((error) => error), reason);
    assertEquals(future.cancelled(), true);
  });

  test("aborting a running job ends its future, tells the job why, and disturbs no other", async (executor) => {
    const controller = new AbortController();
    const { signal } = controller;
    const begun = Promise.withResolvers<unknown>();
    const future = executor.submitWith({ signal, onProgress: begun.resolve }, jobs.rememberWhy);
    await begun.promise;
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await assertRejects(() => future.then(), Error, "changed my mind");
    assertEquals(await executor.submit(jobs.square, 5), 25);
    await until(async () =>
      (await executor.broadcast(jobs.recallWorker, "why")).includes("changed my mind")
    );
    await executor.broadcast(jobs.rememberWorker, "why", null);
  });

  test("a timeout counts from the job's start and ends that job only", async (executor) => {
    // Two that fill the width are ended at 2000 ms; one that waits behind them would be late at 1900 ms.
    const slow = [1, 2].map(() => executor.submitWith({ timeout: 2_000 }, jobs.untilAborted));
    const behind = executor.submitWith({ timeout: 1_900 }, jobs.square, 6);
    for (const each of slow) await assertRejects(() => each.then(), Error, "2000 ms");
    assertEquals(await behind, 36);
  });

  test("settings that cannot be meant are refused", (executor) => {
    assertThrows(() => executor.submitWith({ timeout: NaN }, jobs.square, 1), RangeError, "NaN");
    assertThrows(
      () => executor.submitWith({ priority: NaN }, jobs.square, 1),
      RangeError,
      "priority",
    );
    return Promise.resolve();
  });

  test("asCompleted() gives every future once it has ended", async (executor) => {
    const futures = [1, 2, 3].map((n) => executor.submit(jobs.square, n));
    const seen = new Set();
    for await (const future of asCompleted(futures)) seen.add(future.result());
    assertEquals(seen, new Set([1, 4, 9]));
  });

  test("a job tells its progress in order, before its result", async (executor) => {
    const seen: unknown[] = [];
    const future = executor.submitWith(
      { onProgress: (step) => seen.push(step) },
      jobs.reportSteps,
      3,
    );
    future.addDoneCallback(() => seen.push("end"));
    assertEquals(await future, 3);
    assertEquals(seen, [{ step: 1 }, { step: 2 }, { step: 3 }, "end"]);
  });

  test("the values of context variables go along with a job where asked", async (executor) => {
    using _ = user.set("ann");
    const asked = executor.submitWith({ context: true }, contextJobs.whoAsks);
    assertEquals(await asked, "ann");
    if (isRemote) assertEquals(await executor.submit(contextJobs.whoAsks), "nobody");
  });

  test("five hundred jobs at once all end with their own result", async (executor) => {
    const futures = Array.from({ length: 500 }, (_, n) => executor.submit(jobs.square, n));
    const results = await Promise.all(futures);
    assertEquals(results, Array.from({ length: 500 }, (_, n) => n * n));
  });

  if (overlaps) {
    test("a job that waits does not hold up another", async (executor) => {
      const controller = new AbortController();
      const waiting = executor.submitWith({ signal: controller.signal }, jobs.untilAborted);
      assertEquals(await executor.submit(jobs.square, 3), 9);
      controller.abort(new Error("over"));
      await waiting.catch(() => "expected");
    });

    test("a queued job can be cancelled, a running one not", async (executor) => {
      const controller = new AbortController();
      const running = executor.submitWith({ signal: controller.signal }, jobs.untilAborted);
      const queued = executor.submit(jobs.square, 1);
      await until(() => running.running());
      assertEquals(running.cancel(), false);
      assertEquals(queued.cancel("no more"), true);
      assertEquals([queued.state, queued.cancelled()], ["cancelled", true]);
      controller.abort(new Error("over"));
      await running.catch(() => "expected");
    }, 1);

    test("shutdown({ cancelPending }) cancels what waits", async (executor) => {
      const controller = new AbortController();
      const running = executor.submitWith({ signal: controller.signal }, jobs.untilAborted);
      const queued = executor.submit(jobs.square, 1);
      await until(() => running.running());
      const down = executor.shutdown({ cancelPending: true });
      assertEquals(queued.cancelled(), true);
      controller.abort(new Error("over"));
      await running.catch(() => "expected");
      await down;
    }, 1);

    test("a queueTimeout bounds the wait for a worker", async (executor) => {
      const controller = new AbortController();
      const running = executor.submitWith({ signal: controller.signal }, jobs.untilAborted);
      await until(() => running.running());
      const queued = executor.submitWith({ queueTimeout: 20 }, jobs.square, 1);
      await assertRejects(() => queued.then(), Error, "20 ms");
      controller.abort(new Error("over"));
      await running.catch(() => "expected");
    }, 1);
  }

  if (isRemote) {
    test("an unknown error class arrives as a RemoteError that keeps what it was", async (executor) => {
      const error = await assertRejects(
        () => executor.submit(jobs.failWithSecret).then(),
        RemoteError,
        "hidden",
      );
      assertEquals(error.remoteName, "SecretError");
      assertEquals((error as unknown as { code: number }).code, 42);
      assert(error.remoteStack.includes("failWithSecret"));
    });

    test("an argument that cannot cross is refused with its path", async (executor) => {
      const error = await assertRejects(
        () => executor.submit(jobs.echo, { a: [{ callback: () => 1 }] }).then(),
        TransferError,
      );
      assertEquals(error.path, "[0].a[0].callback");
    });

    test("a result that cannot cross fails its job with its path", async (executor) => {
      const error = await assertRejects(
        () => executor.submit(jobs.giveFunction).then(),
        TransferError,
      );
      assertEquals(error.path, "nested[0]");
    });

    test("a variable from around an inline function is explained", async (executor) => {
      const outside = 5;
      await assertRejects(
        () => executor.submit(() => outside).then(),
        ReferenceError,
        "portable(import.meta",
      );
    });

    test("aborting a job that computes stops it at its checkpoint", async (executor) => {
      const controller = new AbortController();
      const future = executor.submitWith({ signal: controller.signal }, jobs.spin);
      await until(() => future.running());
      controller.abort(new Error("enough"));
      await future.catch(() => "expected");
      assertEquals(await executor.submit(jobs.square, 2), 4);
    });
  }
}
