/** Every async iterator of the library: several next() at once, and return() while one waits. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import * as aio from "@quartet/concurrency/asyncio";
import {
  asCompleted,
  AsyncExecutor,
  Future,
  portable,
  ThreadPoolExecutor,
  TimeoutError,
} from "@quartet/concurrency/futures";
import * as gevent from "@quartet/concurrency/gevent";
import * as mp from "@quartet/concurrency/multiprocessing";
import { Queue as ThreadQueue } from "@quartet/concurrency/queue";
import { executors } from "../support/each_executor.ts";
import { jobs } from "../support/targets/jobs.ts";

/** Those that have not ended, in this thread. */
let generators = 0;

const work = portable(import.meta, {
  same<T>(value: T): T {
    return value;
  },
  *quickly(count: number): Generator<number> {
    for (let n = 1; n <= count; n++) yield n;
  },
  async *slowly(count: number): AsyncGenerator<number> {
    generators++;
    try {
      for (let n = 1; n <= count; n++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield n;
      }
    } finally {
      generators--;
    }
  },
});

/** Something to iterate over, and how items come into it. */
interface Flow extends AsyncDisposable {
  readonly items: AsyncIterator<unknown, unknown>;
  put(item: number): void | Promise<void>;
  /** Nothing more comes. */
  finish?(): void | Promise<void>;
  /** How many items lie there untaken, where that can be known. */
  left?(): number | Promise<number>;
}

function flow(from: Omit<Flow, typeof Symbol.asyncDispose>, end?: () => unknown): Flow {
  return { ...from, [Symbol.asyncDispose]: async () => void await end?.() };
}

/** A flow out of a queue of this thread, through something. */
function through(
  make: (source: aio.Queue<number>) => AsyncIterable<unknown>,
  end?: () => unknown,
): Flow {
  const queue = new aio.Queue<number>();
  return flow({
    items: make(queue)[Symbol.asyncIterator](),
    put: (item) => queue.putNowait(item),
    finish: () => queue.shutdown(),
    left: () => queue.qsize(),
  }, end);
}

const flows: Record<string, () => Flow | Promise<Flow>> = {
  "asyncio.Queue": () => through((queue) => queue),
  "queue.Queue": () => {
    const queue = new ThreadQueue<number>();
    return flow({
      items: queue[Symbol.asyncIterator](),
      put: (item) => queue.putSync(item),
      finish: () => queue.shutdown(),
      left: () => queue.qsize(),
    });
  },
  "gevent.Queue": () => {
    const queue = new gevent.queue.Queue<number>();
    return flow({
      items: queue[Symbol.asyncIterator](),
      put: (item) => void queue.putNowait(item),
      finish: () => void queue.putNowait(gevent.queue.StopIteration as unknown as number),
      left: () => queue.qsize(),
    });
  },
  "multiprocessing.Queue": () => {
    const queue = new mp.Queue<number>();
    return flow({
      items: queue[Symbol.asyncIterator](),
      put: (item) => queue.put(item),
      left: () => queue.qsize(),
    }, () => queue.close());
  },
  "multiprocessing.Connection": async () => {
    const [near, far] = await mp.Pipe();
    return flow({
      items: near[Symbol.asyncIterator](),
      put: (item) => far.send(item),
      finish: () => far.close(),
    }, () => (near.close(), far.close()));
  },
  "asyncio channel": () => {
    const [sender, receiver] = aio.openChannel<number>(Infinity);
    return flow({
      items: receiver[Symbol.asyncIterator](),
      put: (item) => void sender.trySend(item),
      finish: () => sender.close(),
    }, () => (sender.close(), receiver.close()));
  },
  "amap()": () => through((source) => aio.amap(work.same, source)),
  "amap({ concurrency })": () =>
    through((source) => aio.amap(work.same, source, { concurrency: 3 })),
  "afilter()": () => through((source) => aio.afilter(() => true, source)),
  "amerge()": () => through((source) => aio.amerge(source)),
  "azip()": () => through((source) => aio.amap((row) => (row as unknown[])[0], aio.azip(source))),
  "abuffer()": () => through((source) => aio.abuffer(source, 2)),
  "achunk()": () =>
    through((source) => aio.amap((chunk) => (chunk as unknown[])[0], aio.achunk(source, 1))),
  "gevent.Pool.imap() of a slow function": () => {
    const queue = new gevent.queue.Queue<number>();
    const take = (_: unknown): PromiseLike<number> => queue.get() as unknown as PromiseLike<number>;
    const items = new gevent.pool.Pool(1).imap(take, Array(9).fill(0));
    return flow({ items, put: (item) => void queue.putNowait(item) });
  },
  "multiprocessing.Pool.imap()": () => {
    const pool = new mp.Pool(1);
    return through((source) => pool.imap(work.same, source), () => pool[Symbol.asyncDispose]());
  },
};
for (const [name, make] of Object.entries(executors)) {
  for (const ordered of [true, false]) {
    flows[`${name}.map({ ordered: ${ordered} })`] = () => {
      const executor = make(1);
      const map = (source: AsyncIterable<number>): AsyncIterable<unknown> =>
        executor.map(work.same, source, { ordered });
      return through(map, () => executor.shutdown());
    };
  }
}

/** What comes of a promise; one from which nothing comes on the busiest machine hangs. */
async function soon<T>(promise: Promise<T>): Promise<T | "HANGS"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"HANGS">((resolve) =>
    timer = setTimeout(() => resolve("HANGS"), 60_000)
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

for (const [name, make] of Object.entries(flows)) {
  Deno.test(`${name}: next() at once get items in the order in which they asked`, async () => {
    await using each = await make();
    const readers = [each.items.next(), each.items.next(), each.items.next()];
    for (const item of [1, 2, 3]) await each.put(item);
    const steps = await soon(Promise.all(readers));
    assertEquals(steps, [1, 2, 3].map((value) => ({ done: false, value })));
    if (each.finish === undefined) return void await each.items.return?.();
    const last = [each.items.next(), each.items.next()];
    await each.finish();
    assertEquals(await soon(Promise.all(last)), Array(2).fill({ done: true, value: undefined }));
  });

  Deno.test(`${name}: return() ends the next() that wait, and nothing is taken for nobody`, async () => {
    await using each = await make();
    const readers = [each.items.next(), each.items.next()];
    await Promise.resolve();
    const returned = each.items.return!();
    assertEquals(await soon(Promise.all(readers)), [
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    assertEquals((await soon(returned) as IteratorResult<unknown>).done, true);
    assertEquals(await soon(each.items.next()), { done: true, value: undefined });
    if (each.left === undefined) return;
    await each.put(1);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    assertEquals(await each.left(), 1);
  });
}

for (const [name, make] of Object.entries(executors)) {
  Deno.test(`${name}.stream(): several readers, and an end while they wait`, async () => {
    await using executor = make(1);
    const items = executor.stream(work.slowly, 3);
    const steps = await soon(Promise.all([items.next(), items.next(), items.next(), items.next()]));
    assertEquals(steps, [
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: false, value: 3 },
      { done: true, value: undefined },
    ]);
    const more = executor.stream(work.slowly, 1_000);
    const readers = [more.next(), more.next()];
    const returned = more.return!();
    assertEquals((await Promise.all(readers)).map(({ done }) => done), [true, true]);
    assertEquals((await soon(returned) as IteratorResult<unknown>).done, true);
    assertEquals(generators, 0);
  });
}

Deno.test("asCompleted(): several readers, an end, and a timeout after which the rest still comes", async () => {
  const [slow, fast] = [new Future<number>(), new Future<number>()];
  const ended = asCompleted([slow, fast]);
  const readers = [ended.next(), ended.next(), ended.next()];
  assertEquals((await readers[2]!).done, true, "others get what is left");
  fast.setResult(1);
  slow.setResult(2);
  assertEquals((await readers[0]!).value, fast);
  assertEquals((await readers[1]!).value, slow);

  const late = new Future<number>();
  const timed = asCompleted([late], { timeout: 1 });
  await assertRejects(() => timed.next(), TimeoutError, "1 (of 1)");
  late.setResult(3);
  assertEquals((await timed.next()).value, late);
  assertEquals((await timed.next()).done, true);

  const never = asCompleted([new Future<number>()], { signal: new AbortController().signal });
  const waiting = never.next();
  await never.return!();
  assertEquals((await waiting).done, true);
});

Deno.test("asyncio.asCompleted(): several readers, and an end while they wait", async () => {
  await aio.run(async () => {
    const work = [() => aio.sleep(5, "b"), () => aio.sleep(1, "a")];
    const ended = aio.asCompleted(work)[Symbol.asyncIterator]();
    const [first, second, third] = await Promise.all([ended.next(), ended.next(), ended.next()]);
    assertEquals([await first.value, await second.value, third.done], ["a", "b", true]);
    const pending = aio.asCompleted([() => aio.sleep(5)])[Symbol.asyncIterator]();
    const waiting = pending.next();
    await pending.return!();
    assertEquals((await waiting).done, true);
  });
});

Deno.test("gevent.iwait(): several readers, and an end while they wait", async () => {
  const events = [new gevent.Event(), new gevent.Event()];
  const ready = gevent.iwait(events);
  const readers = [ready.next(), ready.next(), ready.next()];
  events[1]!.set();
  events[0]!.set();
  const steps = await Promise.all(readers);
  assertEquals(steps.map(({ value }) => value), [events[1], events[0], undefined]);
  const never = gevent.iwait([new gevent.Event()]);
  const waiting = never.next();
  await never.return();
  assertEquals((await waiting).done, true);
});

Deno.test("Pool.imap(): a next() that timed out leaves its result to the next, in order", async () => {
  await using pool = new mp.Pool(1);
  const source = new aio.Queue<number>();
  const results = pool.imap(work.same, source);
  const [timed, patient] = [results.next(1), results.next()];
  await assertRejects(() => timed, TimeoutError);
  source.putNowait(1);
  source.putNowait(2);
  assertEquals((await patient).value, 1);
  assertEquals((await results.next(60_000)).value, 2);
  await results.return();
});

Deno.test("map(): of readers at once the first is told the failure, the others the end", async () => {
  await using executor = new AsyncExecutor();
  const fail = (n: number): number => {
    if (n === 2) throw new RangeError("two");
    return n;
  };
  const results = executor.map(fail, [1, 2, 3]);
  const outcomes = await Promise.allSettled([results.next(), results.next(), results.next()]);
  assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assertInstanceOf((outcomes[1] as PromiseRejectedResult).reason, RangeError);
  assertEquals((outcomes[2] as PromiseFulfilledResult<IteratorResult<number>>).value.done, true);
});

Deno.test("a stream that nobody reads to its end does not hold shutdown(), one that is read does", async () => {
  const executor = new ThreadPoolExecutor({ maxWorkers: 2 });
  const walkedAway = executor.stream(jobs.countForever, new Int32Array(new SharedArrayBuffer(4)));
  assertEquals((await walkedAway.next()).value, 0);
  const slow = executor.stream(work.slowly, 150);
  const read = Array.fromAsync(slow);
  await executor.shutdown();
  assertEquals((await read).length, 150);
  let items = 0;
  const error = await assertRejects(async () => {
    for await (const _ of walkedAway) items++;
  });
  assert(items > 0 && /nobody took any/.test(String(error)), `${items}, ${error}`);
});

Deno.test("a reader whose thread stood still while the executor shut down has not walked away", async () => {
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 });
  const items = executor.stream(work.quickly, 5_000);
  assertEquals((await items.next()).value, 1);
  const down = executor.shutdown();
  const far = Deno.stat(new URL(import.meta.url)); // what the reader waits for between two items
  for (const end = performance.now() + 700; performance.now() < end;);
  await far;
  assertEquals((await Array.fromAsync(items)).length, 4_999);
  await down;
});
