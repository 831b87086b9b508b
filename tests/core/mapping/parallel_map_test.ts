import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
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
