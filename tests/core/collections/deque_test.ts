import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Deque } from "../../../src/core/collections/deque.ts";
import { seededRandom } from "../../support/seeded_random.ts";

Deno.test("Deque gives at both ends what an array would, whatever is done to it", () => {
  const { random, seed } = seededRandom();
  const deque = new Deque<number>();
  const model: number[] = [];
  for (let step = 0; step < 20_000; step++) {
    const n = random(1000);
    switch (random(6)) {
      case 0:
      case 1:
        deque.push(n);
        model.push(n);
        break;
      case 2:
        deque.unshift(n);
        model.unshift(n);
        break;
      case 3:
        assertEquals(deque.shift(), model.shift(), seed);
        break;
      case 4:
        assertEquals(deque.pop(), model.pop(), seed);
        break;
      default: {
        const item = model[random(model.length + 1)] ?? -1;
        const at = model.indexOf(item);
        assertEquals(deque.remove(item), at >= 0, seed);
        if (at >= 0) model.splice(at, 1);
      }
    }
    assertEquals([deque.size, deque.peek()], [model.length, model[0]], seed);
    if (step % 500 === 0) assertEquals([...deque], model, seed);
    if (step % 5000 === 4999) {
      deque.clear();
      model.length = 0;
    }
  }
});

Deno.test("Deque forgets what it gave: nothing keeps it from being collected", async () => {
  const deque = new Deque<object>();
  let gone = 0;
  const registry = new FinalizationRegistry<string>(() => gone++);
  const fill = (): void => {
    for (let i = 0; i < 100; i++) {
      const item = { i };
      registry.register(item, "item");
      deque.push(item);
    }
    while (deque.size > 0) i++ % 2 === 0 ? deque.shift() : deque.pop();
  };
  let i = 0;
  fill();
  for (let round = 0; round < 200 && gone < 90; round++) {
    Array.from({ length: 20_000 }, () => ({})); // makes the collector run
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(gone >= 90, true, `${gone} of 100 were collected`);
});
