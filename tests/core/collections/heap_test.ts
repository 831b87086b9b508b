import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Heap } from "../../../src/core/collections/heap.ts";
import { seededRandom } from "../../support/seeded_random.ts";

Deno.test("Heap gives the smallest first, whatever was put in and taken out between", () => {
  const { random, seed } = seededRandom();
  const heap = new Heap<number>((a, b) => a < b);
  let model: number[] = [];
  for (let step = 0; step < 5000; step++) {
    if (random(5) < 3) {
      const n = random(100);
      heap.push(n);
      model.push(n);
    } else {
      model.sort((a, b) => a - b);
      assertEquals(heap.peek(), model[0], seed);
      assertEquals(heap.pop(), model.shift(), seed);
    }
    if (step % 1000 === 999) {
      heap.retain((n) => n % 2 === 0);
      model = model.filter((n) => n % 2 === 0);
    }
    assertEquals(heap.size, model.length, seed);
  }
  assertEquals([...heap].sort((a, b) => a - b), model.sort((a, b) => a - b), seed);
  heap.clear();
  assertEquals([heap.size, heap.peek(), heap.pop()], [0, undefined, undefined]);
});
