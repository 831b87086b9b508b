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

Deno.test("the rows of an array come many at once too, as its iterator would give them", async () => {
  // deno-lint-ignore no-sparse-arrays -- the hole is what is read
  const array: unknown[] = [1, , 3, 4, 5];
  const reader = new InputReader([array]);
  const taken = (count: number, rows: unknown[] = []): unknown[] => {
    reader.takeReady(rows, count);
    return rows;
  };
  const rows = taken(2);
  assertEquals([rows, 1 in rows], [[1, undefined], true]);
  assertEquals([reader.take(), taken(1), taken(3, ["before"])], [3, [4], ["before", 5]]);
  array.push(6);
  assertEquals([taken(3), reader.take()], [[6], END]);
  array.push(7);
  assertEquals([taken(1), reader.take()], [[], END]);
  for (const others of [[new Set([1, 2])], [[1, 2], [3, 4]], ["ab"]]) {
    const other = new InputReader(others);
    other.takeReady(rows, 9);
    assertEquals([rows.length, (await rowsOf(other)).length], [2, 2]);
  }
});

Deno.test("of an array whose promises are awaited no more comes at once than stands before the next one", async () => {
  const promise = Promise.resolve(2);
  const rows: unknown[] = [];
  new InputReader([[1, promise]]).takeReady(rows, 2);
  assertEquals(rows, [1, promise]);
  const reader = new InputReader([[1, promise, 3, 4]], true);
  reader.takeReady(rows, 9);
  assertEquals(rows, [1, promise, 1]);
  assertEquals(await (reader.take() as LateRow).promise, 2);
  reader.takeReady(rows, 9);
  assertEquals(rows, [1, promise, 1, 3, 4]);
});

Deno.test("what stands in an array before an item that cannot be read comes before its error", () => {
  const array = [1, 2, 3];
  Object.defineProperty(array, 2, {
    get: () => {
      throw new RangeError("no item");
    },
  });
  const rows: unknown[] = [];
  assertThrows(() => new InputReader([array]).takeReady(rows, 3), RangeError, "no item");
  assertEquals(rows, [1, 2]);
});

Deno.test("an iterator that gives no { value, done } is refused", () => {
  const broken = { [Symbol.iterator]: () => ({ next: () => 7 }) } as unknown as Iterable<number>;
  assertThrows(() => new InputReader([broken]).take(), TypeError, "must return { value, done }");
});
