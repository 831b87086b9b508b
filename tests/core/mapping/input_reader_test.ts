import "../../support/leak_guard.ts";
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { END, InputReader, LateRow } from "../../../src/core/mapping/input_reader.ts";

/** The rows until the end, awaited where they are late. */
async function rowsOf(reader: InputReader): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (;;) {
    const row = reader.take();
    const there = row instanceof LateRow ? await row.promise : row;
    if (there === END) return rows;
    rows.push(there);
  }
}

Deno.test("with one input its items are the rows, whatever iterates over them", async () => {
  const items = [1, undefined, [2], null];
  async function* later() {
    yield* items;
  }
  for (const input of [items, new Set(items), items.values(), later()]) {
    const reader = new InputReader([input]);
    assertEquals([reader.isFlat, await rowsOf(reader)], [true, items]);
  }
});

Deno.test("with several inputs a row has an item of each, until the shortest ends", async () => {
  async function* letters() {
    yield* "abc";
  }
  const reader = new InputReader([[1, 2], letters(), new Set([true, false, null])]);
  assertEquals([reader.isFlat, await rowsOf(reader)], [false, [[1, "a", true], [2, "b", false]]]);
});

Deno.test("an array is read as its iterator would: with holes, as it grows, and not again after its end", () => {
  // deno-lint-ignore no-sparse-arrays -- the hole is what is read
  const array: unknown[] = [1, , 3];
  const reader = new InputReader([array]);
  assertEquals([reader.take(), reader.take()], [1, undefined]);
  array.push(4);
  assertEquals([reader.take(), reader.take(), reader.take()], [3, 4, END]);
  array.push(5);
  assertEquals(reader.take(), END);
});

Deno.test("an array that iterates in a way of its own is read in that way", async () => {
  class Twice extends Array<number> {
    override *[Symbol.iterator](): ArrayIterator<number> {
      for (let i = 0; i < this.length; i++) {
        yield this[i]!;
        yield this[i]!;
      }
    }
  }
  assertEquals(await rowsOf(new InputReader([Twice.of(1, 2)])), [1, 1, 2, 2]);
  const later = Object.assign([1, 2], {
    async *[Symbol.asyncIterator]() {
      yield 3;
    },
  });
  assertEquals(await rowsOf(new InputReader([later])), [3]);
});

Deno.test("promises among the items of an array are awaited where that is asked for", async () => {
  const items = () => [1, Promise.resolve(2), 3];
  assertEquals(await rowsOf(new InputReader([items()], true)), [1, 2, 3]);
  const reader = new InputReader([items()]);
  assertEquals(reader.take(), 1);
  assertInstanceOf(reader.take(), Promise);
  const failing = new InputReader([[Promise.reject(new RangeError("no"))]], true);
  await assertRejects(() => (failing.take() as LateRow).promise, RangeError, "no");
});

Deno.test("an iterator that gives no { value, done } is refused", () => {
  const broken = { [Symbol.iterator]: () => ({ next: () => 7 }) } as unknown as Iterable<number>;
  assertThrows(() => new InputReader([broken]).take(), TypeError, "must return { value, done }");
});
