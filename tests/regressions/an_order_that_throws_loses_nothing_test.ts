/**
 * An order is a caller's function: it can throw at any comparison, use what it orders, or return what is no
 * number. Whatever it does, no item is lost or doubled, the rest comes out in order, and nothing stays locked.
 */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Heap } from "../../src/core/collections/heap.ts";
import { InvalidStateError } from "../../src/core/errors.ts";
import { PriorityQueue } from "../../src/queue/mod.ts";
import { Lock } from "../../src/threading/mod.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { until } from "../support/until_waiting.ts";

/** An order that throws at the comparison number `at`. */
class Treacherous {
  at = Infinity;
  asked = 0;

  readonly compare = (a: number, b: number): number => {
    if (++this.asked >= this.at) throw new Error("no order");
    return a - b;
  };

  /** Runs `step` with an order that fails at comparison `at`; returns whether it failed. */
  failing(at: number, step: () => void): boolean {
    [this.at, this.asked] = [at, 0];
    try {
      step();
      return false;
    } catch (error) {
      if (!(error instanceof Error) || error.message !== "no order") throw error;
      return true;
    } finally {
      this.at = Infinity;
    }
  }
}

interface Ordered {
  put(n: number): void;
  take(): number | undefined;
  size(): number;
}

const KINDS: readonly [string, (order: Treacherous) => Ordered][] = [
  ["Heap", (order) => {
    const heap = new Heap<number>((a, b) => order.compare(a, b) < 0);
    return { put: (n) => heap.push(n), take: () => heap.pop(), size: () => heap.size };
  }],
  ["queue.PriorityQueue", (order) => {
    const queue = new PriorityQueue<number>(0, { compare: order.compare });
    return { put: (n) => queue.putSync(n), take: () => queue.tryGet(), size: () => queue.qsize() };
  }],
];

for (const [name, make] of KINDS) {
  Deno.test(`${name}: an order that throws at any comparison changes nothing`, () => {
    const { random, seed } = seededRandom();
    const order = new Treacherous();
    const ordered = make(order);
    const model: number[] = [];
    for (let step = 0; step < 2000; step++) {
      const n = random(50);
      const at = 1 + random(6);
      if (random(5) < 3) {
        if (!order.failing(at, () => ordered.put(n))) model.push(n);
      } else {
        model.sort((a, b) => a - b);
        const expected = model[0];
        let taken: number | undefined;
        if (!order.failing(at, () => taken = ordered.take())) {
          assertEquals(taken, expected, seed);
          model.shift();
        }
      }
      assertEquals(ordered.size(), model.length, seed);
    }
    model.sort((a, b) => a - b);
    for (const expected of model) assertEquals(ordered.take(), expected, seed);
  });
}

Deno.test("Heap: an order that uses the heap is refused, and its own change holds", () => {
  const heap: Heap<number> = new Heap((a, b) => {
    if (meddling) {
      meddling = false;
      heap.push(1);
    }
    return a < b;
  });
  let meddling = false;
  for (const n of [3, 2, 5]) heap.push(n);
  meddling = true;
  assertThrows(() => heap.push(4), InvalidStateError, "without putting or getting");
  assertEquals([heap.pop(), heap.pop(), heap.pop(), heap.pop()], [1, 2, 3, 5]);
});

Deno.test("PriorityQueue: an order that uses the queue is refused instead of waiting for itself", () => {
  const queue: PriorityQueue<number> = new PriorityQueue(0, {
    compare: (a, b): number => {
      use();
      return a - b;
    },
  });
  let use: () => unknown = () => {};
  queue.putSync(2);
  const uses = [() => queue.putSync(1), () => queue.tryGet(), () => queue.tryPut(1)];
  for (use of [...uses, () => queue.shutdown({ immediate: true })]) {
    assertThrows(() => queue.putSync(3), InvalidStateError, "in its own compare");
  }
  use = () => {};
  assertEquals([queue.qsize(), queue.getSync()], [1, 2]);
});

Deno.test("PriorityQueue: an order that gives no number is refused, and what was there stays", () => {
  const queue = new PriorityQueue<string>(0, { compare: (a, b) => (a < b) as unknown as number });
  queue.putSync("a");
  assertThrows(() => queue.putSync("b"), TypeError, "compare gave");
  assertEquals([queue.qsize(), queue.getSync()], [1, "a"]);
});

Deno.test("PriorityQueue: endless priorities keep the order of their coming", () => {
  const queue = new PriorityQueue<[number, string]>();
  for (const name of ["a", "b", "c"]) queue.putSync([-Infinity, name]);
  queue.putSync([Infinity, "z"]);
  queue.putSync([0, "m"]);
  const names = Array.from({ length: 5 }, () => queue.getSync()[1]);
  assertEquals(names.join(""), "abcmz");
});

Deno.test("PriorityQueue: a getter whose order throws leaves its item to the next one that waits", async () => {
  let fails = false;
  const queue = new PriorityQueue<number>(0, {
    compare: (a, b) => {
      if (!fails) return a - b;
      fails = false;
      throw new Error("no order");
    },
  });
  const getters = [queue.get(), queue.get(), queue.get(), queue.get()];
  await until(() => queue.statistics().waitingToGet === 4);
  // All items come before any getter has run, and choose the first three: the first of them has to compare.
  for (const item of [2, 1, 3]) queue.putSync(item);
  fails = true;
  await assertRejects(() => getters[0]!, Error, "no order");
  assertEquals((await Promise.all(getters.slice(1))).sort(), [1, 2, 3]);
});

Deno.test("PriorityQueue: comparing items that carry a lock leaves the lock alive in them", async () => {
  const queue = new PriorityQueue<{ n: number; lock: Lock }>(0, { compare: (a, b) => a.n - b.n });
  const locks = Array.from({ length: 8 }, () => new Lock());
  for (const [i, lock] of locks.entries()) queue.putSync({ n: (i * 5) % 8, lock });
  for (let i = 0; i < 8; i++) {
    const { n, lock } = await queue.get();
    assertEquals(n, i);
    assertEquals(lock, locks[(i * 5) % 8]);
    using _held = lock.acquireSync();
  }
});
