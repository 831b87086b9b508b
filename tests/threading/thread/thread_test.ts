import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  activeCount,
  BrokenExecutorError,
  currentThread,
  enumerate,
  Event,
  getIdent,
  InvalidStateError,
  mainThread,
  setExcepthook,
  StoppedError,
  Thread as KeptThread,
  type ThreadOptions,
  TransferError,
} from "../../../src/threading/mod.ts";
import { targets } from "../../support/targets/thread_targets.ts";
import { threadTest } from "../../support/threads_gone.ts";
import { until } from "../../support/until_waiting.ts";

/** A thread in a worker of its own. */
class FreshThread<A extends readonly unknown[], R> extends KeptThread<A, R> {
  constructor(options: ThreadOptions<A, R>) {
    super({ ...options, fresh: true });
  }
}

/** The class that the test of the moment is about. */
let Thread: typeof KeptThread = KeptThread;

/** Registers a test for both ways in which a thread starts. */
function test(name: string, fn: () => void | Promise<void>): void {
  threadTest(`${name} (a new worker)`, () => {
    Thread = FreshThread;
    return fn();
  });
  threadTest(`${name} (a kept worker)`, async () => {
    Thread = KeptThread;
    await new Thread({ target: targets.add, args: [1, 1] }).start().join();
    await fn();
  });
}

test("Thread.result is what the target returns, synchronous or not", async () => {
  const one = new Thread({ target: targets.add, args: [20, 22] }).start();
  const two = new Thread({ target: targets.addLater, args: [1, 2] }).start();
  assertEquals(await Promise.all([one.result, two.result]), [42, 3]);
  assertEquals(await one.result, 42);
});

test("Thread runs a function that was not made portable, when it needs nothing around it", async () => {
  const thread = new Thread({ target: (n: number) => n * n, args: [7] });
  assertEquals(await thread.start().result, 49);
});

test("Thread.result rejects with what the target throws, as its class", async () => {
  const thread = new Thread({ target: targets.fail, args: ["no"] }).start();
  await assertRejects(() => thread.result, TypeError, "no");
  await thread.join();
});

test("Thread: alive from start to end, its id is null before and stays after", async () => {
  const go = new Event();
  const thread = new Thread({ target: targets.waitFor, args: [go] });
  assertEquals([thread.id, thread.isAlive], [null, false]);
  thread.start();
  assert(thread.id !== null);
  assertEquals(thread.isAlive, true);
  go.set();
  await thread.join();
  assertEquals(thread.isAlive, false);
  assert(thread.id !== null);
});

test("Thread.start() works once, also after the end", async () => {
  const thread = new Thread({ target: targets.add, args: [1, 1] }).start();
  assertThrows(() => thread.start(), InvalidStateError, "only be started once");
  await thread.result;
  await thread.join();
  assertThrows(() => thread.start(), InvalidStateError, "only be started once");
});

test("Thread.join() before the start, and of the current thread, throws", async () => {
  const thread = new Thread({ target: targets.add, args: [1, 1] });
  await assertRejects(() => thread.join(), InvalidStateError, "it was not started");
  assertThrows(() => thread.joinSync(), InvalidStateError, "it was not started");
  await assertRejects(() => currentThread().join(), InvalidStateError, "current thread");
});

test("Thread.join() returns when the timeout passes; many may join, many times", async () => {
  const go = new Event();
  const thread = new Thread({ target: targets.waitFor, args: [go] }).start();
  await thread.join({ timeout: 1 });
  thread.joinSync({ timeout: 1 });
  assertEquals(thread.isAlive, true);
  const controller = new AbortController();
  const aborted = thread.join({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  const joins = [thread.join(), thread.join()];
  go.set();
  await Promise.all(joins);
  await thread.join();
  thread.joinSync();
  assertEquals(thread.isAlive, false);
});

test("Thread.joinSync() blocks until the end, and the result is there after", async () => {
  const event = new Event();
  const thread = new Thread({ target: targets.setAfter, args: [event, 20] }).start();
  thread.joinSync();
  assertEquals([event.isSet(), thread.isAlive], [true, false]);
  assertEquals(await thread.result, undefined);
});

test("Thread: a default name has a number and the target's name; it may be changed", async () => {
  const thread = new Thread({ target: targets.add, args: [1, 1] });
  assert(/^Thread-\d+ \(add\)$/.test(thread.name), thread.name);
  const go = new Event();
  const named = new Thread({ target: targets.waitFor, args: [go], name: "worker" }).start();
  assertEquals(named.name, "worker");
  named.name = "renamed";
  const names = await new Thread({ target: targets.names, name: "looker" }).start().result;
  assert(names.includes("renamed") && names.includes("looker") && names.includes("MainThread"));
  go.set();
  await named.join();
});

test("currentThread() on a thread is that thread, mainThread() the first", async () => {
  const thread = new Thread({ target: targets.who, name: "me" }).start();
  const seen = await thread.result;
  assertEquals(seen, {
    name: "me",
    id: thread.id,
    ident: thread.id!,
    daemon: false,
    same: true,
    main: "MainThread",
  });
  assertEquals(currentThread(), mainThread());
  assertEquals(getIdent(), mainThread().id);
  assertEquals(mainThread().isAlive, true);
  await thread.join();
});

test("enumerate() holds who has started and not ended, and activeCount() counts them", async () => {
  const before = activeCount();
  const go = new Event();
  const thread = new Thread({ target: targets.waitFor, args: [go] });
  assertEquals(enumerate().includes(thread), false);
  thread.start();
  assertEquals(enumerate().includes(thread), true);
  assertEquals(enumerate().includes(mainThread()), true);
  assertEquals(activeCount(), before + 1);
  go.set();
  await thread.join();
  assertEquals([enumerate().includes(thread), activeCount()], [false, before]);
});

test("Thread.daemon is inherited, can be set before the start and not after", async () => {
  const thread = new Thread({ target: targets.daemons, daemon: true });
  assertEquals(thread.daemon, true);
  assertEquals(await thread.start().result, true);
  assertThrows(() => thread.daemon = false, InvalidStateError, "has been started");
  const other = new Thread({ target: targets.daemons });
  assertEquals(other.daemon, false);
  assertEquals(await other.start().result, false);
  await Promise.all([thread.join(), other.join()]);
});

test("Thread.stop() wakes a blocked wait with StoppedError", async () => {
  const event = new Event();
  const thread = new Thread({ target: targets.waitFor, args: [event] }).start();
  await until(() => event.statistics().waiting === 1);
  thread.stop("enough");
  await assertRejects(() => thread.result, StoppedError);
});

test("Thread.stop() wakes a wait with a promise", async () => {
  const event = new Event();
  const thread = new Thread({ target: targets.awaitFor, args: [event] }).start();
  await until(() => event.statistics().waiting === 1);
  thread.stop();
  await assertRejects(() => thread.result, StoppedError);
});

test("Thread.stop() has checkpoint() throw in a loop that never waits", async () => {
  const started = new Event();
  const thread = new Thread({ target: targets.spin, args: [started] }).start();
  await started.wait();
  thread.stop("enough");
  const error = await assertRejects(() => thread.result, StoppedError, "enough");
  assertEquals(error.cause, "enough");
});

test("Thread.stop() aborts currentSignal() with the reason", async () => {
  const started = new Event();
  const thread = new Thread({ target: targets.untilAborted, args: [started] }).start();
  await started.wait();
  thread.stop("enough");
  assertEquals(await thread.result, "enough");
});

test("Thread.stop() before the target has begun stops it as soon as it looks", async () => {
  const started = new Event();
  const thread = new Thread({ target: targets.spin, args: [started] }).start();
  thread.stop();
  await assertRejects(() => thread.result, StoppedError);
  assertThrows(() => new Thread({ target: targets.names }).stop(), InvalidStateError);
});

test("an error that nobody awaits goes to the excepthook, with the thread", async () => {
  const seen: string[] = [];
  const before = setExcepthook(({ error, thread }) => seen.push(`${thread.name}: ${error}`));
  try {
    const thread = new Thread({ target: targets.fail, args: ["no"], name: "unlucky" }).start();
    await thread.join();
    await until(() => seen.length > 0);
    assertEquals(seen, ["unlucky: TypeError: no"]);
    await assertRejects(() => thread.result, TypeError);
    const awaited = new Thread({ target: targets.fail, args: ["no"] }).start();
    await awaited.join();
    await assertRejects(() => awaited.result, TypeError);
    const asked = new Thread({ target: targets.waitFor, args: [new Event()] }).start();
    asked.stop();
    await asked.join();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(seen.length, 1);
  } finally {
    setExcepthook(before);
  }
});

test("threads start threads, and end after those", async () => {
  assertEquals(await new Thread({ target: targets.nest, args: [1, 2] }).start().result, false);
  assertEquals(await new Thread({ target: targets.nestLater, args: [1, 2] }).start().result, 3);
  const event = new Event();
  const thread = new Thread({ target: targets.leaveChild, args: [event] }).start();
  await thread.join();
  assertEquals(thread.isAlive, false);
  assertEquals(await event.wait(), true);
});

test("a thread that closes itself fails its result and ends who joins it", async () => {
  for (const target of [targets.closeItself, targets.exits]) {
    const thread = new Thread({ target }).start();
    thread.joinSync();
    await assertRejects(() => thread.result, BrokenExecutorError);
    await until(() => !thread.isAlive);
  }
});

test("what cannot cross is refused, and nothing is started", () => {
  const thread = new Thread({ target: targets.add, args: [1, (() => 1) as unknown as number] });
  assertThrows(() => thread.start(), TransferError, "function");
  assertEquals(thread.isAlive, false);
  assertThrows(() => new Thread({ target: Math.max as () => number }), TransferError);
  assertThrows(() => new Thread({ target: 5 as unknown as () => void }), TypeError);
});
