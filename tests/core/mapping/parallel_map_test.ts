import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Future } from "../../../src/core/future.ts";
import { InputReader } from "../../../src/core/mapping/input_reader.ts";
import type { MapPlan } from "../../../src/core/mapping/map_job.ts";
import { ParallelMap } from "../../../src/core/mapping/parallel_map.ts";

/** Jobs that the test ends, and how many were begun at once. */
class Bench {
  readonly begun: { input: number; future: Future<unknown> }[] = [];
  /** How many have ended. */
  ended = 0;
  readonly together: number[] = [];
  #isOneMore = false;

  map(inputs: Iterable<number>, plan: Partial<MapPlan> = {}): ParallelMap<number> {
    return new ParallelMap({
      inputs: new InputReader([inputs]),
      runner: {
        submitRow: ([input]) => this.#begin(input as number),
        submitChunk: () => new Future(),
      },
      chunkSize: 1,
      ordered: true,
      lookAhead: 16,
      parallelism: 2,
      goesOn: false,
      ...plan,
    });
  }

  end(input: number): void {
    this.ended++;
    this.begun[input]!.future.setResult(input);
  }

  #begin(input: number): Future<unknown> {
    const future = new Future<unknown>();
    this.begun.push({ input, future });
    if (this.#isOneMore) this.together[this.together.length - 1]!++;
    else {
      this.#isOneMore = true;
      this.together.push(1);
      queueMicrotask(() => this.#isOneMore = false);
    }
    return future;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

Deno.test("a map begins its jobs half a look-ahead at a time, so that many go in one message", async () => {
  const bench = new Bench();
  const map = bench.map(upTo(80));
  const results: number[] = [];
  while (results.length < 80) {
    for (const { input, future } of bench.begun) if (!future.done()) bench.end(input);
    while (results.length < bench.ended) {
      results.push((await map.next()).value!);
      await turn(); // a reader that lets each turn of the loop pass
    }
  }
  assertEquals(results, upTo(80));
  assertEquals(bench.together, [16, 8, 8, 8, 8, 8, 8, 8, 8]);
});

Deno.test("a map never has more unread than its look-ahead, and needs no more than one job of it", async () => {
  for (const lookAhead of [1, 2, 3, 7]) {
    const bench = new Bench();
    const map = bench.map(upTo(50), { lookAhead });
    for (let read = 0; read < 50; read++) {
      const next = map.next();
      await turn();
      assert(bench.begun.length <= read + lookAhead, `look-ahead ${lookAhead}`);
      bench.end(read);
      assertEquals((await next).value, read);
    }
    assertEquals((await map.next()).done, true);
  }
});

Deno.test("no worker idles while a reader waits for a slow job and there is room", async () => {
  for (const lookAhead of [3, 4, 16]) {
    const bench = new Bench();
    const map = bench.map(upTo(50), { lookAhead });
    bench.end(0);
    await map.next();
    const slow = map.next();
    // The second worker does all the others, the first one job only.
    while (bench.begun.length < lookAhead + 1) {
      const open = bench.begun.filter(({ future }) => !future.done());
      if (open.length > 1) bench.end(open[1]!.input);
      await turn();
    }
    assertEquals(bench.begun.length, lookAhead + 1, "all the room is used");
    bench.end(1);
    assertEquals((await slow).value, 1);
    for (const { input, future } of bench.begun) if (!future.done()) bench.end(input);
    await map.return();
  }
});

Deno.test("a map of short jobs looks farther ahead, one of jobs that take long does not", async () => {
  const bench = new Bench();
  const map = bench.map(upTo(10_000), { looksFarther: true });
  for (let read = 0; read < 3_000; read++) {
    while (bench.ended < bench.begun.length) bench.end(bench.ended);
    assertEquals((await map.next()).value, read);
    assert(bench.begun.length <= read + 1 + 1_024);
  }
  assert(bench.begun.length > 3_000 + 100, `only ${bench.begun.length - 3_000} ahead`);
  await map.return();

  const slow = new Bench();
  const results = slow.map(upTo(100), { looksFarther: true });
  for (let read = 0; read < 40; read++) {
    const end = performance.now() + 1;
    while (performance.now() < end); // so half a look-ahead takes eight milliseconds at least
    slow.end(read);
    await results.next();
    assert(slow.begun.length <= read + 1 + 16);
  }
  await results.return();
});

/** Chunks whose calls double their input, and fail for every seventh. */
const doubling: MapPlan["runner"] = {
  submitRow: () => new Future(),
  submitChunk([rows]) {
    const future = new Future<unknown>();
    const failed = rows.flatMap((row, at) => Number(row) % 7 === 0 ? [at] : []);
    future.setResult({ values: rows.map((row) => Number(row) * 2), failed });
    return future;
  },
};

/** Reads one result: what came at once, what was awaited, a failure as its own list, or the end. */
async function readOne(map: ParallelMap<number>, atOnce: boolean): Promise<unknown> {
  const ready = atOnce ? map.tryRead() : null;
  if (ready !== null) return ready.value;
  try {
    const { value, done } = await map.next();
    return done ? "end" : value;
  } catch (input) {
    return [input];
  }
}

Deno.test("the results of a chunk come at once or awaited, in one order, and each failure in its place", async () => {
  const expected = upTo(40).map((n) => n % 7 === 0 ? [n * 2] : n * 2);
  const plan = { chunkSize: 5, goesOn: true, runner: doubling };
  for (const every of [1, 2, 3, 5]) {
    for (const inputs of [upTo(40), new Set(upTo(40))]) {
      const map = new Bench().map(inputs, plan);
      const read: unknown[] = [];
      for (let n = 0; n < 40; n++) read.push(await readOne(map, n % every === 0));
      assertEquals(read, expected);
      assertEquals([map.tryRead(), await readOne(map, true)], [null, "end"]);
    }
  }
});

Deno.test("nothing comes at once past a reader that waits, an abort or the end", async () => {
  const controller = new AbortController();
  const chunk = new Future<unknown>();
  const map = new Bench().map([1, 2, 3, 4], {
    chunkSize: 4,
    signal: controller.signal,
    runner: { ...doubling, submitChunk: () => chunk },
  });
  const [first, second] = [map.next(), map.next()];
  chunk.setResult({ values: [1, 2, 3, 4], failed: [] });
  assertEquals([(await first).value, (await second).value], [1, 2]);
  assertEquals(map.tryRead(), { done: false, value: 3 });
  map.putBack(3);
  controller.abort(new RangeError("enough"));
  assertEquals(map.tryRead(), null);
  await assertRejects(() => map.next(), RangeError, "enough");
  assertEquals([map.tryRead(), (await map.next()).done], [null, true]);
});

Deno.test("the items of a chunk before one that cannot be read have their results, then comes its error", async () => {
  const inputs = upTo(6).slice(1);
  Object.defineProperty(inputs, 3, {
    get() {
      throw new RangeError("no item");
    },
  });
  const map = new Bench().map(inputs, { chunkSize: 5, runner: doubling });
  for (const expected of [2, 4, 6]) assertEquals((await map.next()).value, expected);
  await assertRejects(() => map.next(), RangeError, "no item");
});
