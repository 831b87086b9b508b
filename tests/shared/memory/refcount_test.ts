import "../../support/leak_guard.ts";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { allocate, blockSize, free } from "../../../src/shared/memory/heap.ts";
import {
  arrive,
  releaseInFlight,
  retainInFlight,
  settle,
} from "../../../src/shared/memory/refcount.ts";
import { add, load, store } from "../../../src/shared/memory/words.ts";

class Thing {
  readonly at: number;

  constructor() {
    this.at = settle(this, new.target, 4, (at) => store(at + 1, 7), (at) => gone.push(at));
  }
}

const gone: number[] = [];

Deno.test("allocate() gives zeroed blocks apart from each other, and freed ones again", () => {
  const a = allocate(3), b = allocate(3);
  assertNotEquals(a, b);
  assertEquals([a % 16, b % 16], [0, 0]);
  store(a + 2, 5);
  free(a, 3);
  const again = allocate(16);
  assertEquals([again, load(again), load(again + 2)], [a, 0, 0]);
  assertEquals([blockSize(1), blockSize(16), blockSize(17)], [16, 16, 32]);
  free(again, 16);
  free(b, 3);
});

Deno.test("arrive() returns the object that speaks for the block here", () => {
  const thing = new Thing();
  const { at } = thing;
  assertEquals(load(at + 1), 7);
  retainInFlight(at);
  retainInFlight(at);
  assertStrictEquals(arrive({ at }, Thing), thing);
  assertStrictEquals(arrive({ at }, Thing), thing);
  assertEquals(load(at), 1); // one home, nothing under way
});

Deno.test("a handle that is thrown away does not keep the block, and does not free it too early", () => {
  const thing = new Thing();
  retainInFlight(thing.at);
  releaseInFlight(thing.at, 4, (at) => gone.push(at));
  assertEquals([load(thing.at), gone.includes(thing.at)], [1, false]);
});

Deno.test("arrive() gives the block to the object of its class, whatever its constructor makes or throws", () => {
  const other: Thing[] = [];
  class Making extends Thing {
    constructor(...args: []) {
      other.push(new Thing(...args));
      super(...args);
    }
  }
  const at = allocate(4);
  store(at + 1, 9);
  retainInFlight(at);
  const made = arrive({ at }, Making);
  assertEquals([made.at, load(at), load(at + 1)], [at, 1, 9]);
  assertNotEquals(other[0]!.at, at);

  let early = true;
  class Throwing extends Thing {
    constructor() {
      if (early) throw new Error("no");
      super();
      throw new Error("no");
    }
  }
  const next = allocate(4);
  const counts = load(retainInFlight(next));
  assertThrows(() => arrive({ at: next }, Throwing), Error, "no");
  assertEquals(load(next), counts, "its handle is under way as before");
  assertNotEquals(new Thing().at, next);
  early = false;
  assertThrows(() => arrive({ at: next }, Throwing), Error, "no");
  assertEquals(load(next), 1, "one that was made so far speaks for it until it is collected");
  assertNotEquals(new Thing().at, next);
});

/** The counts of a block: threads that know it, and handles under way. */
function counts(at: number): { homes: number; flights: number } {
  return { homes: load(at) & 2047, flights: load(at) >>> 11 };
}

/** What can become of handles, in every order of `length` steps. */
function* orders(length: number): Generator<("sends" | "arrives" | "is lost")[]> {
  if (length === 0) return yield [];
  for (const before of orders(length - 1)) {
    for (const step of ["sends", "arrives", "is lost"] as const) yield [...before, step];
  }
}

Deno.test("each handle under way is counted until it arrives or is lost, in every order", () => {
  for (const order of orders(6)) {
    const at = allocate(4);
    add(at, 1); // another thread knows the block
    const lost: number[] = [];
    let flights = 0;
    let here: Thing | null = null;
    for (const step of order) {
      if (step === "sends") {
        retainInFlight(at);
        flights++;
      } else if (flights > 0) {
        flights--;
        if (step === "is lost") releaseInFlight(at, 4, (at) => lost.push(at));
        else {
          const thing = arrive({ at }, Thing);
          if (here !== null) assertStrictEquals(thing, here);
          here = thing;
        }
      }
      assertEquals(counts(at), { homes: here === null ? 1 : 2, flights }, order.join(", "));
    }
    assertEquals(lost, [], "somebody knows the block all the time");
  }
});

Deno.test("a block that nobody knows is given back with its last handle, and not before", () => {
  for (let handles = 1; handles <= 4; handles++) {
    const at = allocate(4);
    for (let n = 0; n < handles; n++) retainInFlight(at);
    const lost: number[] = [];
    for (let n = 1; n <= handles; n++) {
      assertEquals(lost, []);
      releaseInFlight(at, 4, (at) => lost.push(at));
    }
    assertEquals(lost, [at]);
    const again = allocate(4);
    assertEquals(again, at, "its memory serves the next");
    free(again, 4);
  }
});

Deno.test("more handles than can be counted leave the count of threads alone", () => {
  const at = allocate(4);
  add(at, 1);
  store(at, 2 ** 31 - 2 * 2048 + 1); // as many as can be counted
  const full = counts(at).flights;
  for (let n = 0; n < 5; n++) retainInFlight(at);
  assert(counts(at).flights <= full + 1 && load(at) > 0, "it does not run over");
  assertEquals(counts(at).homes, 1);
});

Deno.test("what nobody knows any more is given back", async () => {
  const source = `
    const { Lock, Condition } = await import(${
    JSON.stringify(import.meta.resolve("../../../src/threading/mod.ts"))
  });
    const { Queue } = await import(${
    JSON.stringify(import.meta.resolve("../../../src/queue/mod.ts"))
  });
    const { HEADER, load } = await import(${
    JSON.stringify(import.meta.resolve("../../../src/shared/memory/words.ts"))
  });
    const sizes = [];
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 300; i++) {
        const queue = new Queue();
        queue.putSync({ lock: new Lock(), condition: new Condition() });
      }
      for (let i = 0; i < 3; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 0)); }
      sizes.push(load(HEADER.heapEnd));
    }
    console.log(sizes[5] - sizes[2]);
  `;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--v8-flags=--expose-gc", source],
    cwd: new URL("../../..", import.meta.url),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const grown = Number(new TextDecoder().decode(stdout));
  assert(grown < 300 * 16, `${grown} words more after three rounds`);
});
