import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BrokenExecutorError,
  InvalidStateError,
  TimeoutError,
  TransferError,
} from "../../../src/core/errors.ts";
import { Pool, Queue, Value } from "../../../src/multiprocessing/mod.ts";
import { Misfortune, targets } from "../../support/targets/process_targets.ts";

Deno.test("Pool runs calls, and maps in order", async () => {
  await using pool = new Pool({ processes: 2 });
  assertEquals(await pool.apply(targets.square, [7]), 49);
  assertEquals(await pool.map(targets.square, [1, 2, 3, 4, 5]), [1, 4, 9, 16, 25]);
  assertEquals(await pool.map(targets.square, [1, 2, 3, 4, 5], 2), [1, 4, 9, 16, 25]);
  assertEquals(await pool.map(targets.square, []), []);
  assertEquals(await pool.starmap(targets.power, [[2, 3], [3, 2]]), [8, 9]);
  assertEquals(await Array.fromAsync(pool.imap(targets.square, [3, 2, 1])), [9, 4, 1]);
  const unordered = await Array.fromAsync(pool.imapUnordered(targets.square, [3, 2, 1], 2));
  assertEquals(unordered.sort(), [1, 4, 9]);
});

Deno.test("Pool.map() runs everything, then throws the first failure", async () => {
  const ran = new Value();
  await using pool = new Pool({ processes: 2 });
  const inputs = [1, 2, 3, 4].map((n) => [ran, n] as [Value, number]);
  await assertRejects(() => pool.starmap(targets.failOnTwo, inputs, 1), Misfortune, "two");
  assertEquals(await ran.get(), 4);
});

Deno.test("Pool.imap() throws a failed item's error at its place and goes on", async () => {
  const ran = new Value();
  await using pool = new Pool({ processes: 1 });
  const results = pool.imap(
    targets.failOnTwoOf,
    [[ran, 1], [ran, 2], [ran, 3]] as [Value, number][],
  );
  assertEquals(await results.next(), { done: false, value: 1 });
  await assertRejects(() => results.next(), Misfortune);
  assertEquals(await results.next(), { done: false, value: 3 });
  assertEquals(await results.next(), { done: true, value: undefined });
});

Deno.test("Pool.imap() gives the results of a chunk one by one, each failure in its place", async () => {
  await using pool = new Pool({ processes: 1 });
  const ran = new Value();
  const inputs = [1, 2, 3, 2, 5].map((n) => [ran, n] as [Value, number]);
  const results = pool.imap(targets.failOnTwoOf, inputs, 5);
  const seen: unknown[] = [];
  for (let n = 0; n < inputs.length; n++) {
    seen.push(await results.next().then(({ value }) => value, (error) => error.constructor));
  }
  assertEquals(seen, [1, Misfortune, 3, Misfortune, 5]);
  assertEquals((await results.next()).done, true);
});

Deno.test("Pool.imap() gives what came before its inputs failed, then their error", async () => {
  await using pool = new Pool({ processes: 1 });
  function* inputs(): Generator<number> {
    yield 1;
    yield 2;
    throw new RangeError("no more");
  }
  const results = pool.imap(targets.square, inputs());
  assertEquals((await results.next()).value, 1);
  assertEquals((await results.next()).value, 4);
  await assertRejects(() => results.next(), RangeError, "no more");
  await assertRejects(() => pool.map(targets.square, inputs()), RangeError, "no more");
});

Deno.test("AsyncResult says how a call came out, and calls back once", async () => {
  await using pool = new Pool({ processes: 1 });
  const told: unknown[] = [];
  const good = pool.applyAsync(targets.square, [4], { callback: (value) => told.push(value) });
  assertThrows(() => good.successful(), InvalidStateError);
  assertEquals(await good.get(), 16);
  assertEquals([good.ready(), good.successful()], [true, true]);
  const bad = pool.applyAsync(targets.fail, [], { errorCallback: (error) => told.push(error) });
  await bad.wait();
  assertEquals(bad.successful(), false);
  await assertRejects(() => bad.get(), Misfortune);
  assertEquals(told[0], 16);
  assert(told[1] instanceof Misfortune && told.length === 2);
  const slow = pool.applyAsync(targets.spin);
  await assertRejects(() => slow.get({ timeout: 5 }), TimeoutError);
});

Deno.test("Pool fails only the calls of a killed worker, at once, and replaces it", async () => {
  await using pool = new Pool({ processes: 2 });
  const [first, second] = await Promise.all([
    pool.apply(targets.who),
    pool.apply(targets.who),
  ]);
  const lost = pool.applyAsync(targets.killMyself);
  await assertRejects(() => lost.get(), BrokenExecutorError, "SIGKILL");
  const pids = new Set([first.pid, second.pid]);
  assert(pids.size >= 1);
  assertEquals(await pool.map(targets.square, [1, 2, 3]), [1, 4, 9]);
  assertEquals(pool.statistics().lost, 1);
});

Deno.test("Pool replaces a worker after maxTasksPerChild tasks", async () => {
  await using pool = new Pool({ processes: 1, maxTasksPerChild: 2 });
  const pids: number[] = [];
  for (let i = 0; i < 6; i++) pids.push((await pool.apply(targets.who)).pid);
  assertEquals(new Set(pids).size, 3);
});

Deno.test("Pool runs the initializer once in each worker", async () => {
  const starts = new Value();
  await using pool = new Pool({
    processes: 2,
    initializer: targets.addOne,
    initargs: [starts],
  });
  await pool.map(targets.square, [1, 2, 3, 4, 5, 6], 1);
  const count = await starts.get();
  assert(count >= 1 && count <= 2);
});

Deno.test("Pool whose initializer fails is broken", async () => {
  await using pool = new Pool({ processes: 1, initializer: targets.fail });
  await assertRejects(() => pool.apply(targets.square, [1]), BrokenExecutorError);
});

Deno.test("Pool.close() lets the calls finish and takes no more", async () => {
  const pool = new Pool({ processes: 1 });
  const results = pool.mapAsync(targets.square, [1, 2, 3]);
  await assertRejects(() => pool.join(), InvalidStateError, "still running");
  pool.close();
  assertThrows(() => pool.applyAsync(targets.square, [1]), InvalidStateError, "closed");
  await pool.join();
  assertEquals(await results.get(), [1, 4, 9]);
});

Deno.test("Pool.mapAsync() and starmapAsync() take their callbacks behind the chunk size, or beside it", async () => {
  await using pool = new Pool(1);
  const told: unknown[] = [];
  const callbacks = {
    callback: (values: unknown[]) => told.push(values),
    errorCallback: (error: unknown) => told.push((error as Error).name),
  };
  await pool.mapAsync(targets.square, [1, 2], 1, callbacks).get();
  await pool.mapAsync(targets.square, [3], { chunkSize: 1, ...callbacks }).get();
  await pool.starmapAsync(targets.square, [[4]], callbacks).get();
  const failed = pool.mapAsync(targets.square, [Symbol("no message") as never], callbacks);
  await assertRejects(() => failed.get());
  assertEquals(told, [[1, 4], [9], [16], "TransferError"]);
});

Deno.test("Pool.terminate() ends workers that never return", async () => {
  const pool = new Pool({ processes: 1 });
  const pids = new Queue<number>();
  const spinning = pool.applyAsync(targets.sayAndSpin, [pids]);
  const waiting = pool.applyAsync(targets.square, [1]);
  await pids.get(); // a job that has not begun is withdrawn, not broken off
  pool.terminate();
  await pool.join();
  await assertRejects(() => spinning.get(), BrokenExecutorError);
  await assertRejects(() => waiting.get(), Error);
});

Deno.test("Pool refuses what cannot be meant", async () => {
  assertThrows(() => new Pool(0), RangeError, "processes");
  assertThrows(() => new Pool({ maxTasksPerChild: 0 }), RangeError, "maxTasksPerChild");
  assertThrows(() => new Pool({ initializer: 5 as unknown as () => void }), TypeError);
  await using pool = new Pool(1);
  assertThrows(() => pool.imap(targets.square, [1], 0), RangeError, "chunkSize");
  assertThrows(() => pool.applyAsync(Math.max as (n: number) => number, [1]), TransferError);
});
