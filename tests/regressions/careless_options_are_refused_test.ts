/**
 * What cannot be the options of a wait is refused by each wait, with the argument, its value and the way out:
 * `lock.acquire(5)`, Python's way to give a timeout, waited forever.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import * as asyncio from "../../src/asyncio/mod.ts";
import {
  AsyncExecutor,
  Future,
  type JobSettings,
  ProcessPoolExecutor,
  SyncExecutor,
  ThreadPoolExecutor,
  wait,
} from "../../src/futures/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import * as mp from "../../src/multiprocessing/mod.ts";
import * as queue from "../../src/queue/mod.ts";
import * as threading from "../../src/threading/mod.ts";
import { testEachExecutor } from "../support/each_executor.ts";
import { neighbours } from "../support/targets/neighbours.ts";
import { checkWaitOptions, type WaitOptions } from "../../src/core/deadline.ts";

/** What is no options object, and how the error shows it. */
const NO_OPTIONS: readonly [unknown, string][] = [
  [5, "5"],
  [null, "null"],
  ["5", '"5"'],
  [true, "true"],
  [[5], "an array"],
  [() => 5, "a function"],
];

/** Options whose fields cannot be meant: the field and its value as shown. */
const WRONG_FIELDS: readonly [unknown, typeof TypeError | typeof RangeError, RegExp][] = [
  [{ timeout: NaN }, RangeError, /timeout NaN: give/],
  [{ timeout: "5" }, TypeError, /timeout "5": give a number/],
  [{ timeout: null }, TypeError, /timeout null: give a number/],
  [{ timeout: { valueOf: () => 5 } }, TypeError, /timeout an object: give a number/],
  [{ signal: {} }, TypeError, /signal an object.*: give an AbortSignal/],
  [{ signal: null }, TypeError, /signal null.*: give an AbortSignal/],
  [{ timeOut: 5 }, TypeError, /option "timeOut" of .*: there is no such option; write timeout$/],
  [{ signal: new AbortController().signal, time_out: 5 }, TypeError, /write timeout$/],
  [{ timeout: 5, Signal: new AbortController().signal }, TypeError, /write signal$/],
  [{ signal: new AbortController() }, TypeError, /signal an object.*: give an AbortSignal/],
];

/** How a call ended: what it threw or rejected with. */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** The waits that would never end: each is called with the options given. */
function* waits(): Generator<[string, (options: WaitOptions) => unknown]> {
  const lock = new threading.Lock();
  lock.acquireSync();
  yield ["Lock.acquire()", (o) => lock.acquire(o)];
  yield ["Lock.acquireSync()", (o) => lock.acquireSync(o)];
  const rlock = new threading.RLock();
  yield ["RLock.acquire()", (o) => rlock.acquire(o)];
  yield ["RLock.acquireSync()", (o) => rlock.acquireSync(o)];
  const semaphore = new threading.Semaphore(0);
  yield ["Semaphore.acquire()", (o) => semaphore.acquire(o)];
  yield ["Semaphore.acquireSync()", (o) => semaphore.acquireSync(o)];
  const event = new threading.Event();
  yield ["Event.wait()", (o) => event.wait(o)];
  yield ["Event.waitSync()", (o) => event.waitSync(o)];
  const condition = new threading.Condition();
  condition.acquireSync();
  yield ["Condition.wait()", (o) => condition.wait(o)];
  yield ["Condition.waitSync()", (o) => condition.waitSync(o)];
  yield ["Condition.waitFor()", (o) => condition.waitFor(() => false, o)];
  yield ["Condition.waitForSync()", (o) => condition.waitForSync(() => false, o)];
  const barrier = new threading.Barrier(2);
  yield ["Barrier.wait()", (o) => barrier.wait(o)];
  yield ["Barrier.waitSync()", (o) => barrier.waitSync(o)];
  const rwlock = new threading.RWLock();
  yield ["RWLock.acquireRead()", (o) => rwlock.acquireRead(o)];
  yield ["RWLock.acquireReadSync()", (o) => rwlock.acquireReadSync(o)];
  yield ["RWLock.acquireWrite()", (o) => rwlock.acquireWrite(o)];
  yield ["RWLock.acquireWriteSync()", (o) => rwlock.acquireWriteSync(o)];
  yield ["sleep()", (o) => threading.sleep(1e9, o)];
  const full = new queue.Queue(1);
  full.putSync(1);
  yield ["Queue.put()", (o) => full.put(2, o)];
  yield ["Queue.putSync()", (o) => full.putSync(2, o)];
  yield ["Queue.join()", (o) => full.join(o)];
  yield ["Queue.joinSync()", (o) => full.joinSync(o)];
  const empty = new queue.PriorityQueue();
  yield ["Queue.get()", (o) => empty.get(o)];
  yield ["Queue.getSync()", (o) => empty.getSync(o)];
  const asyncLock = new asyncio.Lock();
  const asyncQueue = new asyncio.Queue();
  yield ["", (o) => asyncLock.acquire(o)];
  yield ["", (o) => asyncQueue.get(o)];
  yield ["", (o) => new asyncio.Event().wait(o)];
  yield ["", (o) => new asyncio.Semaphore(0).acquire(o)];
  yield ["wait()", (o) => asyncio.wait([], o)];
  yield ["", (o) => new mp.Lock().acquire(o)];
  yield ["", (o) => new mp.Queue().get(o)];
  yield ["Connection.recv()", (o) => mp.Pipe()[0].recv(o)];
}

for (const [call, wait] of waits()) {
  Deno.test(`${call || wait} refuses what is no options`, async () => {
    for (const [options, shown] of NO_OPTIONS) {
      const error = await failureOf(() => wait(options as WaitOptions));
      assert(error instanceof TypeError, `${shown}: ${error}`);
      assert(error.message.startsWith(`Cannot use ${shown} as the options of ${call}`), `${error}`);
      assertMatch(error.message, /: give an object, as \{ timeout: \d+ \}$/);
    }
    for (const [options, kind, message] of WRONG_FIELDS) {
      const error = await failureOf(() => wait(options as WaitOptions));
      assert(error instanceof kind, `${JSON.stringify(options)}: ${error}`);
      assertMatch(error.message, message);
    }
  });
}

/** What takes options, and is called rarely: each is called with one whose name is misspelt, and what is meant. */
const MISSPELT: readonly [string, meant: string, call: (options: object) => unknown][] = [
  ["max_workers", "maxWorkers", (o) => new ThreadPoolExecutor(o)],
  ["maxworkers", "maxWorkers", (o) => new ProcessPoolExecutor(o)],
  ["MAX_CONCURRENCY", "maxConcurrency", (o) => new AsyncExecutor(o)],
  ["chunksize", "chunkSize", (o) => new SyncExecutor().map(neighbours.identity, [1], o)],
  ["time_out", "timeout", (o) => new SyncExecutor().submitWith(o, neighbours.identity, 1)],
  ["cancel_pending", "cancelPending", (o) => new SyncExecutor().shutdown(o)],
  ["Daemon", "daemon", (o) => new threading.Thread({ target: neighbours.identity, ...o })],
  ["max_tasks_per_child", "maxTasksPerChild", (o) => new mp.Pool(o)],
  ["auth_key", "authkey", (o) => new mp.Listener(o as never)],
  ["return_exceptions", "returnExceptions", (o) => asyncio.gather(() => 1, o)],
  ["return_when", "returnWhen", (o) => asyncio.wait([Promise.resolve()], o)],
  ["raise_error", "raiseError", (o) => gevent.joinall([], o)],
];

for (const [name, meant, call] of MISSPELT) {
  Deno.test(`the misspelt option ${name} is refused, and told as ${meant}`, async () => {
    const error = await failureOf(() => call({ [name]: 1 }));
    assert(error instanceof TypeError, `${error}`);
    assertMatch(error.message, new RegExp(`^Cannot use option "${name}" of .*; write ${meant}$`));
  });
}

testEachExecutor("what is to be moved is an array", async (executor) => {
  for (const [transfer, shown] of [[5, "5"], ["ab", '"ab"'], [null, "null"], [{}, "an object"]]) {
    const error = await failureOf(() =>
      executor.submitWith({ transfer: transfer as never }, neighbours.identity, 1)
    ) as Error;
    assertEquals(error.message, `Cannot use transfer ${shown}: give an array of what is moved`);
  }
});

Deno.test("options may be an object that has more, for something else", async () => {
  const wide = { id: 7, content: "text", timeouts: [1], worker: "a.ts", server: "b", commands: [] };
  assertEquals(await new SyncExecutor().submitWith({ ...wide, timeout: 1000 }, () => 5), 5);
  using guard = await new threading.Lock().acquire(wide as WaitOptions);
  assert(guard !== null);
});

Deno.test("a number in the place of the options is shown as the timeout that it may be meant for", async () => {
  const error = await failureOf(() => new threading.Lock().acquire(250 as never)) as Error;
  assertEquals(
    error.message,
    "Cannot use 250 as the options of Lock.acquire(): give an object, as { timeout: 250 }",
  );
});

Deno.test("a throwing getter of the options throws through, and nothing was changed", async () => {
  const lock = new threading.Lock();
  const mine = new Error("mine");
  const options = {
    get timeout(): number {
      throw mine;
    },
  };
  assertEquals(await failureOf(() => lock.acquire(options)), mine);
  assertEquals(lock.statistics(), { locked: false, holder: null, waiting: 0 });
});

Deno.test("a time below zero is at once, wherever it bounds a wait", async () => {
  const lock = new threading.Lock();
  lock.acquireSync();
  for (const timeout of [-1, -Infinity]) {
    assertEquals(lock.acquireSync({ timeout }), null);
    assertEquals(await lock.acquire({ timeout }), null);
    assertEquals(new threading.Event().waitSync({ timeout }), false);
    const event = new gevent.Event();
    assertEquals(await event.wait(timeout), false);
    assertEquals(await new asyncio.Event().wait({ timeout }), false);
    assertEquals(await mp.Pipe()[0].poll(timeout), false);
  }
  threading.sleepSync(-1);
  await threading.sleep(-1);
  assertEquals(await asyncio.sleep(-1, "over"), "over");
  const one = new queue.Queue<number>(1);
  assertThrows(() => one.getSync({ timeout: -1 }), queue.EmptyError);
  await one.put(1, { timeout: -1 });
  assertThrows(() => one.putSync(2, { timeout: -1 }), queue.FullError);
  const never = new Future<number>();
  assertEquals((await wait([never], { timeout: -1 })).notDone.size, 1);
  await using pool = new mp.ThreadPool(1);
  const results = pool.imap(neighbours.nap, [20]);
  await assertRejects(() => results.next(-1), mp.TimeoutError);
  assertEquals((await results.next()).value, 20);
});

Deno.test("the check costs nothing to set up: no options are no options", () => {
  checkWaitOptions(undefined);
  checkWaitOptions({});
  checkWaitOptions({ timeout: Infinity, signal: new AbortController().signal });
});

testEachExecutor("a setting that needs a server is refused and runs nothing", async (executor) => {
  const stored: [settings: Record<string, unknown>, shown: RegExp][] = [
    [{ retries: { attempts: 3 } }, /^Cannot use retries an object: only a NatsExecutor .*; submit/],
    [{ limit: { key: "a", max: 1 } }, /^Cannot use limit an object: only a NatsExecutor .*; take/],
    [{ delay: 0 }, /^Cannot use delay 0: only a NatsExecutor .*; submit/],
    [{ key: "order 17" }, /^Cannot use key "order 17": only a NatsExecutor .*; keep/],
  ];
  for (const [settings, shown] of stored) {
    const error = assertThrows(() => executor.submitWith(settings, neighbours.pid), TypeError);
    assertMatch(error.message, shown);
  }
  const { completed, queued, running } = executor.statistics();
  assertEquals({ completed, queued, running }, { completed: 0, queued: 0, running: 0 });
  const none = { retries: undefined, limit: undefined, delay: undefined, key: undefined };
  assert(await executor.submitWith(none as JobSettings, neighbours.pid) > 0);
});
