import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EOFError } from "../../../src/core/errors.ts";
import { Lock, Queue } from "../../../src/multiprocessing/mod.ts";
import { newTicket } from "../../../src/multiprocessing/objects/served_objects.ts";
import { stand } from "../../../src/multiprocessing/objects/shared_object.ts";

/** What came of an object of a process that is nowhere. */
function journey(): unknown {
  return { home: "nowhere.1", id: `1-${crypto.randomUUID()}`, ticket: newTicket() };
}

Deno.test("a proxy whose constructor throws leaves nothing of its owner to the next object", async () => {
  let early = true;
  class Throwing extends Lock {
    constructor() {
      if (early) throw new Error("no");
      super();
    }
  }
  assertThrows(() => stand(journey(), Throwing), Error, "no");
  early = false;
  for (const lock of [new Lock(), new Throwing()]) {
    await using _held = await lock.acquire();
    assertEquals(await lock.locked(), true);
  }
});

Deno.test("a proxy that passes its arguments on is alone the object's", async () => {
  class Passing extends Queue<string> {
    readonly other: Queue<string>;

    constructor(...args: [number?]) {
      const other = new Queue<string>(...args);
      super(...args);
      this.other = other;
    }
  }
  const proxy = stand(journey(), Passing, 1);
  await proxy.other.put("mine");
  assertEquals(await proxy.other.get(), "mine");
  await assertRejects(() => proxy.put("theirs"), EOFError, "gone");
});
