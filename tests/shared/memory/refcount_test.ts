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
import { load, store } from "../../../src/shared/memory/words.ts";

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

Deno.test("arrive() answers the object that speaks for the block here", () => {
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
