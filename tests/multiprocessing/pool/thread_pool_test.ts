import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CancelledError,
  InvalidStateError,
  StoppedError,
  ThreadPool,
} from "../../../src/multiprocessing/mod.ts";
import { Event, Value } from "../../../src/threading/mod.ts";

function square(n: number): number {
  if (n < 0) throw new RangeError(`${n} is below zero`);
  return n * n;
}

Deno.test("ThreadPool has what Pool has", async () => {
  await using pool = new ThreadPool(2);
  assertEquals(await pool.apply(square, [7]), 49);
  assertEquals(await pool.map(square, [1, 2, 3, 4, 5], 2), [1, 4, 9, 16, 25]);
  assertEquals(await pool.starmap(square, [[2], [3]]), [4, 9]);
  assertEquals(await Array.fromAsync(pool.imap(square, [3, 2, 1])), [9, 4, 1]);
  const unordered = await Array.fromAsync(pool.imapUnordered(square, [3, 2, 1]));
  assertEquals(unordered.sort(), [1, 4, 9]);
  const result = pool.applyAsync(square, [4]);
  assertEquals(await result.get({ timeout: 60_000 }), 16);
  await assertRejects(() => pool.map(square, [1, -1]), RangeError, "-1 is below zero");
});

Deno.test("threads of a ThreadPool share what threading makes", async () => {
  const count = new Value();
  await using pool = new ThreadPool({
    processes: 2,
    initializer: (value: Value) => void value.add(100),
    initargs: [count],
  });
  await pool.starmap(
    (value: Value) => void value.add(1),
    Array.from({ length: 20 }, () => [count]),
  );
  assertEquals([count.get() % 100, count.get() >= 100], [20, true]);
});

Deno.test("a closed ThreadPool finishes its calls and takes no more", async () => {
  const pool = new ThreadPool(1);
  const results = pool.mapAsync(square, [1, 2, 3]);
  await assertRejects(() => pool.join(), InvalidStateError, "still running");
  pool.close();
  assertThrows(() => pool.applyAsync(square, [1]), InvalidStateError, "closed");
  await pool.join();
  assertEquals(await results.get(), [1, 4, 9]);
});

Deno.test("a terminated ThreadPool asks what runs to stop, and ends what waits", async () => {
  const pool = new ThreadPool(1);
  const begun = new Event();
  const running = pool.applyAsync(async (begun: Event, never: Event) => {
    begun.set();
    await never.wait();
  }, [begun, new Event()]);
  const waiting = pool.applyAsync(square, [2]);
  await begun.wait();
  pool.terminate();
  await assertRejects(() => running.get(), StoppedError);
  await assertRejects(() => waiting.get(), CancelledError);
  await pool.join();
});

Deno.test("ThreadPool refuses wrong options", () => {
  assertThrows(() => new ThreadPool(0), RangeError, "processes 0");
  assertThrows(() => new ThreadPool({ processes: NaN }), RangeError, "processes NaN");
  assertThrows(() => new ThreadPool({ initializer: 5 as never }), TypeError, "initializer 5");
  assertThrows(() => new ThreadPool({ initargs: 5 as never }), TypeError, "initargs 5");
  assertThrows(() => new ThreadPool(null as never), TypeError, "null as the options of a pool");
});

Deno.test("map() keeps nothing for each input of a source beside what it gave", async () => {
  await using pool = new ThreadPool(1);
  async function* upTo(count: number): AsyncGenerator<number> {
    for (let n = 0; n < count; n++) yield n;
  }
  const { race } = Promise;
  let races = 0; // a race that is lost leaves its mark on whoever has not come
  Promise.race = ((runners: Promise<unknown>[]) => {
    races++;
    return race.call(Promise, runners);
  }) as typeof race;
  try {
    const counts: number[] = [];
    for (const count of [10, 1_000]) {
      races = 0;
      assertEquals((await pool.map(square, upTo(count))).length, count);
      counts.push(races);
    }
    assertEquals(counts[1], counts[0]);
  } finally {
    Promise.race = race;
  }
});

Deno.test("a source that cannot be read fails its call, and holds up no join()", async () => {
  await using pool = new ThreadPool(1);
  const source = {
    [Symbol.asyncIterator](): AsyncIterator<number> {
      throw new RangeError("no source");
    },
  };
  await assertRejects(() => pool.map(square, source), RangeError, "no source");
  pool.close();
  await pool.join();
});
