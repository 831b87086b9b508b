import "../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { PriorityQueue } from "../../src/queue/mod.ts";

function drain<T>(queue: PriorityQueue<T>): T[] {
  const items: T[] = [];
  while (!queue.empty()) items.push(queue.getSync());
  return items;
}

Deno.test("PriorityQueue: the least comes out first", () => {
  const queue = new PriorityQueue<number>();
  for (const item of [333, 111, 222, -5, 0.5]) queue.putSync(item);
  assertEquals(drain(queue), [-5, 0.5, 111, 222, 333]);
});

Deno.test("PriorityQueue: pairs go by their number, equal ones in the order of coming", () => {
  const queue = new PriorityQueue<[number, string]>();
  for (const item of ["d", "a", "b", "c"]) queue.putSync([item === "d" ? 2 : 1, item]);
  assertEquals(drain(queue).map(([, item]) => item), ["a", "b", "c", "d"]);
});

Deno.test("PriorityQueue: compare decides where it is given", () => {
  const queue = new PriorityQueue<string>(0, { compare: (a, b) => a.length - b.length });
  for (const item of ["ccc", "a", "bb", "z"]) queue.putSync(item);
  assertEquals(drain(queue), ["a", "z", "bb", "ccc"]);
});

Deno.test("PriorityQueue: what has no priority is refused", () => {
  const queue = new PriorityQueue<unknown>();
  assertThrows(() => queue.putSync("x"), TypeError, "compare");
  assertThrows(() => queue.putSync(NaN), TypeError);
  assertEquals(queue.qsize(), 0);
});

Deno.test("PriorityQueue sorts a thousand random numbers", () => {
  const queue = new PriorityQueue<number>();
  let seed = 7;
  const items = Array.from({ length: 1000 }, () => seed = (seed * 48271) % 2147483647);
  for (const item of items) queue.putSync(item);
  assertEquals(drain(queue), items.toSorted((a, b) => a - b));
});
