import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { abuffer } from "../../src/asyncio/iterators/abuffer.ts";
import { achunk } from "../../src/asyncio/iterators/achunk.ts";
import { afilter } from "../../src/asyncio/iterators/afilter.ts";
import { amap } from "../../src/asyncio/iterators/amap.ts";
import { amerge } from "../../src/asyncio/iterators/amerge.ts";
import { azip } from "../../src/asyncio/iterators/azip.ts";
import { setTimer } from "../../src/core/clock.ts";
import { reportUnretrieved, setUnretrievedReporter } from "../../src/core/unretrieved.ts";
import { settled, VirtualClock } from "../../src/testing/mod.ts";

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimer(resolve, ms));
}

/** A source that tells how far it was asked and whether it was closed. */
function watched(delays: readonly number[], fail?: number): AsyncGenerator<number> & {
  asked: number;
  closed: boolean;
} {
  const state = { asked: 0, closed: false };
  async function* items(): AsyncGenerator<number> {
    try {
      for (const [i, delay] of delays.entries()) {
        state.asked++;
        await sleep(delay);
        if (i === fail) throw new RangeError(`item ${i}`);
        yield i;
      }
    } finally {
      await null;
      state.closed = true;
    }
  }
  const it = items();
  return Object.defineProperties(it, {
    asked: { get: () => state.asked },
    closed: { get: () => state.closed },
  }) as ReturnType<typeof watched>;
}

const ones = (n: number): number[] => Array(n).fill(1);

/** What each of the operators promises, with it applied so that items come out as they went in. */
const operators: Record<string, (source: AsyncIterable<number>) => AsyncIterable<unknown>> = {
  amap: (source) => amap((n) => n, source),
  "amap side by side": (source) => amap((n) => n, source, { concurrency: 3 }),
  "amap as done": (source) => amap((n) => n, source, { concurrency: 3, ordered: false }),
  afilter: (source) => afilter(() => true, source),
  amerge: (source) => amerge(source),
  azip: (source) => azip(source),
  abuffer: (source) => abuffer(source, 2),
  achunk: (source) => achunk(source, 1),
  "achunk with wait": (source) => achunk(source, 1, { wait: 5 }),
};

for (const [name, apply] of Object.entries(operators)) {
  Deno.test(`${name}() gives every item, asked for on demand only`, async () => {
    using _clock = new VirtualClock();
    const source = watched(ones(5));
    const it = apply(source);
    await settled();
    assertEquals(source.asked, 0);
    assertEquals((await Array.fromAsync(it)).flat(), [0, 1, 2, 3, 4]);
    assert(source.closed);
  });

  Deno.test(`${name}() ends its source when the loop breaks`, async () => {
    await using _clock = new VirtualClock();
    const source = watched(ones(50));
    for await (const _ of apply(source)) break;
    await settled();
    await sleep(5);
    assert(source.closed, `asked ${source.asked}`);
    assert(source.asked <= 5, `asked ${source.asked}`);
  });

  Deno.test(`${name}() lets an error of its source out after the items before it`, async () => {
    using _clock = new VirtualClock();
    const got: unknown[] = [];
    await assertRejects(
      async () => {
        for await (const item of apply(watched(ones(5), 2))) got.push(item);
      },
      RangeError,
      "item 2",
    );
    assertEquals(got.flat(), [0, 1]);
  });
}

for (const [name, apply] of Object.entries(operators)) {
  Deno.test(`${name}() is cancelled with its task, in the middle of the source's wait`, async () => {
    using _clock = new VirtualClock();
    const reported: unknown[] = [];
    const before = setUnretrievedReporter((error) => reported.push(error));
    let closed = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (let n = 0;; n++) {
          await aio.sleep(10);
          yield n;
        }
      } finally {
        closed = true;
      }
    }
    await aio.run(async () => {
      const task = aio.createTask(async () => {
        for await (const _ of apply(source())) await aio.sleep(1);
      });
      await aio.sleep(105);
      task.cancel();
      await assertRejects(async () => await task, aio.CancelledError);
      await aio.sleep(100);
    });
    reportUnretrieved();
    setUnretrievedReporter(before);
    assertEquals([closed, reported], [true, []]);
  });
}

Deno.test("the async iterators take plain iterables of promises", async () => {
  const promises = (): Iterable<Promise<number>> => [Promise.resolve(1), Promise.resolve(2)];
  const mapped: AsyncGenerator<number> = amap((n: number) => n * 2, promises());
  assertEquals(await Array.fromAsync(mapped), [2, 4]);
  assertEquals(await Array.fromAsync(amerge(promises())), [1, 2]);
  assertEquals(await Array.fromAsync(abuffer(promises())), [1, 2]);
  assertEquals(await Array.fromAsync(achunk(promises(), 2)), [[1, 2]]);
});

Deno.test("the async iterators refuse at once what they cannot work with", () => {
  const wrong = 5 as never;
  for (
    const call of [
      () => amap((x) => x, wrong),
      () => amap(wrong, []),
      () => afilter(() => true, wrong),
      () => amerge([], wrong),
      () => azip(wrong),
      () => abuffer(wrong),
      () => achunk(wrong, 1),
    ]
  ) assertThrows(call, TypeError);
  for (
    const call of [
      () => amap((x) => x, [], { concurrency: 0 }),
      () => abuffer([], 0.5),
      () => achunk([], 0),
      () => achunk([], 1, { wait: NaN }),
    ]
  ) assertThrows(call, RangeError);
});

Deno.test("amap() and afilter() take function and source in either order, with the index", async () => {
  const shout = async (word: string, i: number): Promise<string> => await `${i}${word}!`;
  assertEquals(await Array.fromAsync(amap(["a", "b"], shout)), ["0a!", "1b!"]);
  const second = async (_: string, i: number): Promise<boolean> => await (i === 1);
  assertEquals(await Array.fromAsync(afilter(["a", "b"], second)), ["b"]);
});

Deno.test("amap() works on several items at once, never on more, and keeps their order", async () => {
  using clock = new VirtualClock();
  let running = 0, most = 0;
  const work = async (n: number): Promise<number> => {
    most = Math.max(most, ++running);
    await sleep(n);
    running--;
    return n;
  };
  const delays = [50, 10, 20, 30, 10, 40];
  assertEquals(await Array.fromAsync(amap(work, delays, { concurrency: 3 })), delays);
  assertEquals(most, 3);
  const serial = delays.reduce((a, b) => a + b);
  assert(clock.now() < serial, `${clock.now()} of ${serial}`);
});

Deno.test("amap() gives results as they are done with ordered: false", async () => {
  using _clock = new VirtualClock();
  const work = async (n: number): Promise<number> => {
    await sleep(n);
    return n;
  };
  const options = { concurrency: 3, ordered: false };
  assertEquals(await Array.fromAsync(amap(work, [30, 10, 20], options)), [10, 20, 30]);
});

Deno.test("amap() that breaks waits for what is being worked on and reports its failures", async () => {
  using clock = new VirtualClock();
  const reported: unknown[] = [];
  const before = setUnretrievedReporter((error) => reported.push((error as Error).message));
  try {
    const work = async (n: number): Promise<number> => {
      await sleep(n);
      if (n === 20) throw new Error("nobody wants this any more");
      return n;
    };
    for await (const _ of amap(work, [1, 20, 30], { concurrency: 3 })) break;
    assertEquals(clock.now(), 30);
    await settled();
    reportUnretrieved();
    assertEquals(reported, ["nobody wants this any more"]);
  } finally {
    setUnretrievedReporter(before);
  }
});

Deno.test("amap() fails at the place of the item, as the function failed", async () => {
  using _clock = new VirtualClock();
  const got: number[] = [];
  const work = async (n: number): Promise<number> => {
    await sleep(10 - n);
    if (n === 2) throw new RangeError("two");
    return n;
  };
  await assertRejects(
    async () => {
      for await (const n of amap(work, [0, 1, 2, 3], { concurrency: 4 })) got.push(n);
    },
    RangeError,
    "two",
  );
  assertEquals(got, [0, 1]);
});

Deno.test("amerge() gives items in the order in which they come", async () => {
  using _clock = new VirtualClock();
  async function* named(name: string, ...delays: number[]): AsyncGenerator<string> {
    for (const delay of delays) {
      await sleep(delay);
      yield name;
    }
  }
  const merged = amerge(named("a", 10, 30), named("b", 20, 5), named("c", 22));
  assertEquals(await Array.fromAsync(merged), ["a", "b", "c", "b", "a"]);
  assertEquals(await Array.fromAsync(amerge()), []);
});

Deno.test("amerge() keeps no more than one item of each source", async () => {
  using _clock = new VirtualClock();
  const fast = watched(ones(20)), slow = watched([1000]);
  const it = amerge(fast, slow);
  await it.next();
  await sleep(100);
  assertEquals(fast.asked, 1);
  await it.next();
  await sleep(100);
  assertEquals(fast.asked, 2);
  await it.return();
  await sleep(1000);
  assertEquals([fast.closed, slow.closed], [true, true]);
});

Deno.test("amerge() that breaks does not wait for a source that will never answer", async () => {
  let closed = false;
  async function* silent(): AsyncGenerator<number> {
    await new Promise(() => {});
    yield 1;
  }
  async function* tidy(): AsyncGenerator<number> {
    try {
      yield 2;
    } finally {
      await null;
      closed = true;
    }
  }
  for await (const item of amerge(silent(), tidy())) {
    assertEquals(item, 2);
    break;
  }
  assertEquals(closed, true);
});

Deno.test("azip() ends with the shortest, and ends the others", async () => {
  using _clock = new VirtualClock();
  const long = watched(ones(9));
  const zipped: [string, number][] = await Array.fromAsync(azip(["a", "b"], long));
  assertEquals(zipped, [["a", 0], ["b", 1]]);
  assertEquals([long.closed, long.asked], [true, 3]);
  assertEquals(await Array.fromAsync(azip()), []);
});

Deno.test("azip() asks its sources side by side", async () => {
  using clock = new VirtualClock();
  await azip(watched([50]), watched([60])).next();
  assertEquals(clock.now(), 60);
});

Deno.test("abuffer() fetches ahead while the consumer is busy, up to its size", async () => {
  using clock = new VirtualClock();
  const source = watched(ones(10));
  const it = abuffer(source, 3);
  await it.next();
  await sleep(100);
  assertEquals(source.asked, 4);
  const before = clock.now();
  for (let i = 0; i < 3; i++) await it.next();
  assertEquals(clock.now(), before);
  await it.return();
  await sleep(10);
  assert(source.closed);
});

Deno.test("achunk() fills chunks; the last one may be shorter", async () => {
  assertEquals(await Array.fromAsync(achunk([1, 2, 3, 4, 5], 2)), [[1, 2], [3, 4], [5]]);
  assertEquals(await Array.fromAsync(achunk([], 2)), []);
});

Deno.test("achunk() gives a chunk that has waited long enough, and loses nothing", async () => {
  using clock = new VirtualClock();
  const seen: [number, number[]][] = [];
  for await (const chunk of achunk(watched([1, 1, 50, 1, 1, 1]), 3, { wait: 10 })) {
    seen.push([clock.now(), chunk]);
  }
  assertEquals(seen, [[11, [0, 1]], [54, [2, 3, 4]], [55, [5]]]);
});
