/**
 * A value that misbehaves (a thenable, a getter, an abort reason, an item or a report that cannot be read) harms its
 * own job at most: no program, no worker, no neighbour, no count.
 */
import "../support/leak_guard.ts";
import { assertEquals, assertInstanceOf, assertMatch, assertRejects, fail } from "@std/assert";
import * as asyncio from "@quartet/concurrency/asyncio";
import { sendable } from "@quartet/concurrency/coroutines";
import { type Executor, TransferError } from "@quartet/concurrency/futures";
import * as gevent from "@quartet/concurrency/gevent";
import {
  Pipe,
  Pool,
  Queue as ProcessQueue,
  ShareableList,
  SharedMemory,
  SimpleQueue as SimpleProcessQueue,
} from "@quartet/concurrency/multiprocessing";
import { LifoQueue, PriorityQueue, Queue, SimpleQueue } from "@quartet/concurrency/queue";
import { testEachExecutor } from "../support/each_executor.ts";
import { odd } from "../support/targets/odd_targets.ts";
import { until } from "../support/until_waiting.ts";

const pools = { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"], width: 1 };

async function still(executor: Executor): Promise<void> {
  assertEquals(await executor.submit(odd.same, "on"), "on");
  const { running, queued, workers, lost } = executor.statistics();
  assertEquals({ running, queued, workers, lost }, { running: 0, queued: 0, workers: 1, lost: 0 });
}

testEachExecutor("thenables that settle twice, throw, or return nothing", async (executor) => {
  assertEquals(await executor.submit(odd.settlesTwice), 1);
  assertEquals(await executor.submit(odd.settlesThenThrows), 3);
  await assertRejects(async () => await executor.submit(odd.throwsInThen), RangeError, "in then");
  await assertRejects(async () => await executor.submit(odd.throwsInGetter), RangeError, "getter");
  const error = await assertRejects(
    async () => await executor.submit(odd.throwsWhenRead),
    TransferError,
    "reading it failed",
  );
  assertInstanceOf(error.cause, RangeError);
  await still(executor);
}, pools);

testEachExecutor("a chunk: each call has its own end", async (executor) => {
  const ends: unknown[] = [];
  for (let from = 0; from < 6; from++) { // map() ends with the first failure
    const results = executor.map(odd.chunky, [0, 1, 2, 3, 4, 5].slice(from), { chunkSize: 6 });
    ends.push(
      await results.next().then(({ value }) => value, (error: Error) => error.name),
    );
  }
  assertEquals(ends, [0, "TransferError", 1, "RangeError", "RangeError", "TransferError"]);
  await still(executor);
}, pools);

Deno.test("mp.Pool.imap(): one result that cannot cross takes nothing along", async () => {
  await using pool = new Pool({ processes: 1 });
  const results = pool.imap(odd.chunky, [0, 1, 2, 3, 4, 5, 6], 7);
  const ends: unknown[] = [];
  for (let n = 0; n < 7; n++) {
    ends.push(await results.next().then(({ value }) => value, (error: Error) => error.name));
  }
  assertEquals(ends, [0, "TransferError", 1, "RangeError", "RangeError", "TransferError", 6]);
});

testEachExecutor(
  "items before one that cannot cross, or cannot be read, arrive",
  async (executor) => {
    for (
      const fn of [
        () => executor.stream(odd.yieldsUncrossable, []),
        () => executor.stream(odd.yieldsOddly),
      ]
    ) {
      const got: unknown[] = [];
      await assertRejects(async () => {
        for await (const item of fn()) got.push(item);
      }, TransferError);
      assertEquals(got, [1, 2]);
    }
    await still(executor);
  },
  pools,
);

testEachExecutor("a result that cannot be read fails its job", async (executor) => {
  await assertRejects(async () => await executor.submit(odd.givesFarOnly), TransferError);
  await still(executor);
}, pools);

testEachExecutor("a progress report that cannot cross, or cannot be read", async (executor) => {
  const told: unknown[] = [];
  const reported: unknown[] = [];
  const { error } = console;
  console.error = (...args: unknown[]) => void reported.push(args[0]);
  try {
    const onProgress = (progress: unknown): unknown => told.push(progress);
    assertEquals(await executor.submitWith({ onProgress }, odd.toldOddly), "done");
  } finally {
    console.error = error;
  }
  assertEquals(told, [1, "TransferError"]);
  assertEquals(reported, ["A progress report cannot be read:"]);
  await still(executor);
}, pools);

testEachExecutor("an abort reason that cannot cross", async (executor) => {
  for (const reason of [() => "why", Symbol("why"), new WeakMap(), Promise.resolve()]) {
    const controller = new AbortController();
    const job = executor.submitWith({ signal: controller.signal }, odd.untilAborted);
    await until(() => job.running());
    controller.abort(reason);
    await job.then(() => null, () => null);
  }
  await still(executor);
}, pools);

testEachExecutor(
  "a thenable that never settles holds nothing once it is given up",
  async (executor) => {
    const job = executor.submitWith({ timeout: 30 }, odd.never);
    await assertRejects(async () => await job);
    assertEquals(await executor.submit(odd.same, "on"), "on");
  },
  pools,
);

function unreadable(): Record<string, unknown> {
  const buffer = new ArrayBuffer(8);
  const view = new Uint8Array(buffer);
  buffer.transfer();
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const getter = {
    get field(): never {
      throw new RangeError("in the getter");
    },
  };
  return { "a getter that throws": getter, "a buffer that was moved": view, "a dead proxy": proxy };
}

const [receiving, sending] = Pipe<unknown>();
const lines: Record<string, { put(item: unknown): Promise<void>; get(): Promise<unknown> }> = {
  "queue.Queue": new Queue(),
  "queue.LifoQueue": new LifoQueue(),
  "queue.PriorityQueue": new PriorityQueue(0, { compare: () => 0 }),
  "queue.SimpleQueue": new SimpleQueue(),
  "multiprocessing.Queue": new ProcessQueue(),
  "multiprocessing.SimpleQueue": new SimpleProcessQueue(),
  "Pipe": { put: (item) => sending.send(item), get: () => receiving.recv() },
};
for (const [name, line] of Object.entries(lines)) {
  Deno.test(`${name}: an item that cannot be read is refused as one that cannot cross`, async () => {
    for (const [what, item] of Object.entries(unreadable())) {
      for (const put of [item, { deep: [item] }]) {
        const error = await assertRejects(async () => await line.put(put), TransferError, "Cannot");
        if (what.startsWith("a getter")) assertInstanceOf(error.cause, RangeError);
      }
    }
    await line.put("next");
    assertEquals(await line.get(), "next");
  });
}

/** What no text can be made of, or not without an error of its own. */
const WITHOUT_TEXT: readonly (readonly [string, unknown])[] = [
  ["a bare object", Object.create(null)],
  ["a symbol", Symbol("odd")],
  ["an object whose toString throws", { toString: (): never => fail("asked for text") }],
  [
    "a function whose toString throws",
    Object.assign(() => {}, { toString: (): never => fail("asked") }),
  ],
];

/** What refuses it, naming what it is. */
const REFUSALS: readonly ((value: never) => unknown)[] = [
  (value) => asyncio.ensureFuture(typeof value === "function" ? 5 as never : value),
  (value) =>
    asyncio.run(function* () {
      yield value;
    }),
  (value) => Array.fromAsync(asyncio.amap(value, (item) => item)),
  (value) => new asyncio.ExceptionGroup("several", [value]),
  (value) => asyncio.createSubprocess(Deno.execPath(), [value]),
  (value) => asyncio.createSubprocessShell(value),
  (value) => new asyncio.StreamReader().readUntil(value),
  (value) => asyncio.getEventLoop().createFuture().setException(value),
  (value) => gevent.spawn(() => {}).kill(value),
  (value) => sendable((function* () {})()).throw(value),
  (value) => asyncio.createTask(() => {}).cancel(value),
  (value) => asyncio.getEventLoop().createFuture().cancel(value),
  (value) => new PriorityQueue().put(value),
  (value) => new Pool({ initargs: value }),
  (value) => new ShareableList([value]),
  (value) => new SharedMemory({ name: value, create: true, size: 8 }),
];

for (const [what, value] of WITHOUT_TEXT) {
  Deno.test(`${what} is refused with an error that tells of it`, async () => {
    for (const refuse of REFUSALS) {
      const error = await assertRejects(async () => await refuse(value as never), TypeError);
      assertMatch(error.message, /^Cannot /);
    }
  });

  Deno.test(`${what} that is thrown in a TaskGroup is told, and ends it`, async () => {
    const error = await assertRejects(
      () => asyncio.TaskGroup.run((group) => void group.createTask(() => Promise.reject(value))),
      asyncio.ExceptionGroup,
    );
    assertEquals(error.errors[0].cause, value);
  });
}
