/** A shared object crosses by an address in the family's memory; one that a child made up touches nothing. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { EOFError } from "../../src/core/errors.ts";
import { Event, Lock } from "../../src/multiprocessing/mod.ts";
import { Family } from "../../src/multiprocessing/family/family.ts";
import { newTicket } from "../../src/multiprocessing/objects/served_objects.ts";
import { stand } from "../../src/multiprocessing/objects/shared_object.ts";
import { travels } from "../../src/shared/memory/handle.ts";

/** What comes of an object of a process that is nowhere. */
function journey(block: unknown): unknown {
  return { home: "nowhere.1", id: `1-${crypto.randomUUID()}`, ticket: newTicket(), block };
}

const ignore = Deno.build.os !== "linux";

Deno.test(
  "an address with a wrong stamp, of another kind, or outside is asked of its home instead",
  { ignore },
  async () => {
    const lock = new Lock();
    const { block } = lock[travels]("process").data as {
      block: { at: number; stamp: number[]; family: object };
    };
    const wrong: unknown[] = [
      { ...block, stamp: [block.stamp[0], block.stamp[1]! ^ 1] },
      { ...block, at: block.at + 16 },
      { ...block, at: block.at + 0.5 },
      { ...block, at: -1 },
      { ...block, at: 2 ** 40 },
      { ...block, at: NaN },
      { ...block, family: { ...block.family, id: 1 } },
      { ...block, family: null },
      { at: block.at },
      "block",
    ];
    for (const each of wrong) {
      await assertRejects(() => stand(journey(each), Lock).acquire(), EOFError, "gone");
    }
    await assertRejects(() => stand(journey(block), Event).set(), EOFError, "gone");
    assertEquals(await lock.locked(), false);
  },
);

Deno.test("the memory of another process than the family's first is not joined", { ignore }, () => {
  const family = Family.join()!;
  const strange = { ...family.coordinates, id: family.coordinates.id ^ 1, pid: Deno.ppid };
  assertEquals(Family.join(strange), null);
});
