import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { TransferError } from "../../src/core/errors.ts";
import { Q } from "../../src/queue/queue_words.ts";
import { finalizeRing, Ring } from "../../src/queue/ring.ts";
import { FULL, NONE, PUT, SHUT } from "../../src/queue/store.ts";
import { allocate, free } from "../../src/shared/memory/heap.ts";
import { load, store } from "../../src/shared/memory/words.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** A ring of its own, given back at the end of the block. */
class OneRing implements Disposable {
  readonly at: number = allocate(Q.size);
  readonly ring: Ring;

  constructor(maxsize = 0) {
    Ring.build(this.at);
    store(this.at + Q.maxsize, maxsize);
    this.ring = new Ring(this.at);
  }

  get cells(): number {
    return load(this.at + Q.cells);
  }

  /** Puts an item however it goes in: at once, or as it was written. */
  put(value: unknown): number {
    const how = this.ring.put(value);
    return typeof how === "number" ? how : this.ring.putWritten(how);
  }

  takeAll(): unknown[] {
    const items: unknown[] = [];
    for (let item = this.ring.take(); item !== NONE; item = this.ring.take()) items.push(item);
    return items;
  }

  [Symbol.dispose](): void {
    finalizeRing(this.at);
    free(this.at, Q.size);
  }
}

/** An item of each form, and of every length about the edges of a cell. */
function item(random: (count: number) => number, n: number): unknown {
  switch (random(6)) {
    case 0:
      return n;
    case 1:
      return n + 0.5;
    case 2:
      return [undefined, null, false, true][random(4)];
    case 3:
      return `${n}`.padEnd(random(40), "x");
    case 4:
      return { n, list: new Array(random(30)).fill(n) };
    default:
      return "y".repeat(random(1_000));
  }
}

Deno.test("a ring gives what was put, in order, whatever the forms and however often it goes round", () => {
  const { random, seed } = seededRandom();
  using one = new OneRing();
  const expected: unknown[] = [];
  for (let n = 0; n < 20_000; n++) {
    // Now more go in, now more come out: so items stand at every place, also beyond the end.
    const fills = Math.floor(n / 200) % 2 === 0;
    if (random(5) < (fills ? 3 : 2)) {
      const value = item(random, n);
      assertEquals(one.put(value), PUT, seed);
      expected.push(value);
    } else if (random(20) === 0 && expected.length > 0) {
      const value = one.ring.take();
      assertEquals(value, expected[0], seed);
      one.ring.putBack(value);
    } else {
      const value = one.ring.take();
      assertEquals(value, expected.length === 0 ? NONE : expected.shift(), seed);
    }
  }
  assertEquals(one.takeAll(), expected, seed);
});

Deno.test("a ring grows when it must, and keeps the order across the end of the old one", () => {
  using one = new OneRing();
  const before = one.cells;
  for (let n = 0; n < before - 10; n++) one.put(n);
  for (let n = 0; n < before - 20; n++) one.ring.take();
  for (let n = 0; n < before; n++) one.put(`text ${n}`); // goes round, then does not fit
  assert(one.cells > before);
  const left = one.takeAll();
  assertEquals(left.slice(0, 11), [
    ...Array.from({ length: 10 }, (_, n) => before - 20 + n),
    "text 0",
  ]);
  assertEquals(left.at(-1), `text ${before - 1}`);
});

Deno.test("an item that does not fit before the end skips to the start", () => {
  using one = new OneRing();
  for (let n = 0; n < one.cells - 2; n++) one.put(n);
  for (let n = 0; n < one.cells - 2; n++) one.ring.take();
  const long = "z".repeat(100);
  assertEquals([one.put(long), one.put(1.5), one.put(7)], [PUT, PUT, PUT]);
  assertEquals(one.takeAll(), [long, 1.5, 7]);
});

Deno.test("positions and counts go on past the end of their numbers", () => {
  for (const start of [2 ** 31 - 3, -3]) {
    using one = new OneRing(1_000);
    for (const word of [Q.head, Q.tail, Q.knownHead]) store(one.at + word, start);
    const count = (2 ** 29 - 2) << 3; // both sides have moved nearly as many items as they can count
    for (const word of [Q.put, Q.get]) store(one.at + word, count);
    for (const word of [Q.knownGot, Q.knownPut]) store(one.at + word, 2 ** 29 - 2);
    const values = Array.from({ length: 600 }, (_, n) => n % 3 === 0 ? `text ${n}` : n);
    for (const value of values) assertEquals(one.put(value), PUT);
    assertEquals(one.takeAll(), values);
  }
});

Deno.test("a bounded ring is full at its size, whichever form the items have, and not before", () => {
  for (const value of [1, 1.5, true, "text", { a: 1 }]) {
    using one = new OneRing(3);
    assertEquals([one.put(value), one.put(value), one.put(value), one.put(value)], [
      PUT,
      PUT,
      PUT,
      FULL,
    ]);
    assertEquals(one.ring.take(), value);
    assertEquals([one.put(value), one.put(value)], [PUT, FULL]);
    one.ring.putBack(value); // however full it is
    assertEquals(one.takeAll().length, 4);
  }
});

Deno.test("an item that was written once can be put later, as it was then", () => {
  using one = new OneRing(1);
  one.put(1);
  const value = { n: 1 };
  const written = one.ring.write(value)!;
  value.n = 2;
  assertEquals(one.ring.putWritten(written), FULL);
  one.ring.take();
  one.ring.put("another writes meanwhile into the same buffer");
  one.ring.take();
  assertEquals(one.ring.putWritten(written), PUT);
  assertEquals(one.ring.take(), { n: 1 });
});

Deno.test("what cannot be written is refused and leaves the ring as it was", () => {
  using one = new OneRing();
  one.put("before");
  assertThrows(() => one.put(() => {}), TransferError);
  one.put("after");
  assertEquals(one.takeAll(), ["before", "after"]);
});

Deno.test("a ring that is shut takes nothing, gives what is there, and clear() counts it as done", () => {
  using one = new OneRing();
  for (let n = 0; n < 5; n++) one.put(n);
  store(one.at + Q.shut, 1);
  assertEquals([one.put(5), one.put("text"), one.put(0.5)], [SHUT, SHUT, SHUT]);
  assertEquals(one.ring.take(), 0);
  one.ring.clear();
  assertEquals([one.ring.take(), load(one.at + Q.done)], [NONE, 4]);
});

Deno.test("two views of one ring see the same items, also after one has made it larger", () => {
  using one = new OneRing();
  const other = new Ring(one.at);
  one.put("a");
  assertEquals(other.take(), "a");
  for (let n = 0; n < 1_000; n++) one.put(n);
  assertEquals(
    Array.from({ length: 1_000 }, () => other.take()),
    Array.from({ length: 1_000 }, (_, n) => n),
  );
  other.put("b");
  assertEquals([one.ring.take(), one.ring.take()], ["b", NONE]);
});
