import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TransferError } from "../../../src/core/errors.ts";
import { Queue } from "../../../src/multiprocessing/mod.ts";
import { Family } from "../../../src/multiprocessing/family/family.ts";
import { Form } from "../../../src/multiprocessing/family/item.ts";
import { Ring } from "../../../src/multiprocessing/family/ring.ts";
import { HEAD, RECORD } from "../../../src/multiprocessing/family/ring_layout.ts";
import type { RingPlace } from "../../../src/multiprocessing/sync/mapped_queue.ts";
import { returns, travels } from "../../../src/shared/memory/handle.ts";

const ignore = Deno.build.os !== "linux";

/** The address of a queue's ring. */
function ringOf(queue: Queue<unknown>): number {
  const handle = queue[travels]("process");
  queue[returns](handle);
  return (handle.data as { place: RingPlace }).place.at;
}

/** What a wild store may do to a ring with two items. */
const HARMS: Record<string, (words: Int32Array, record: number, first: number) => void> = {
  "an item that is longer than its segment": (words, _, first) => words[first] = 0x7fff_fff4,
  "an item of no form": (words, _, first) => words[first] = 0,
  "a big item beyond the memory": (words, _, first) => {
    words[first] = 4 | 8;
    words[first + 1] = 0x7fff_0000;
    words[first + 2] = 1000;
  },
  "a big item of a negative length": (words, _, first) => {
    words[first] = 4 | 8;
    words[first + 2] = -1;
  },
  "a head beyond its segment": (words, record) => words[record + RECORD.headAt] = 1_000_000,
  "a segment before the memory": (words, record) => words[record + RECORD.headSegment] = -64,
  "a jump to nowhere": (words, record, first) => {
    words[first] = 15;
    words[words[record + RECORD.headSegment]!] = 3;
  },
};

for (const [what, harm] of Object.entries(HARMS)) {
  Deno.test(
    `a ring that was overwritten is an error, and is not followed: ${what}`,
    { ignore },
    async () => {
      const { words } = Family.join()!.words;
      for (const get of ["get", "getSync"] as const) {
        const queue = new Queue<unknown>();
        const at = ringOf(queue);
        queue.putSync("first");
        queue.putSync("second");
        const active = words[at + HEAD.active]!;
        const record = at + HEAD.records + active * RECORD.size;
        const first = words[record + RECORD.headSegment]! + words[record + RECORD.headAt]!;
        harm(words, record, first);
        if (get === "get") await assertRejects(() => queue.get(), TransferError, "overwritten");
        else assertThrows(() => queue.getSync(), TransferError, "overwritten");
        assert(await queue.qsize() <= 2); // whoever had the latch has let go of it
      }
    },
  );
}

Deno.test("a line that was overwritten ends", { ignore }, async () => {
  const { words } = Family.join()!.words;
  const queue = new Queue<unknown>();
  const at = ringOf(queue);
  words[at + HEAD.lines] = 5; // its first
  words[at + HEAD.lines + 1] = 2 ** 30; // its end
  assertEquals((await queue.statistics()).waitingToGet, 0);
  await queue.put(1);
  assertEquals(await queue.get(), 1);
});

Deno.test("a ring that was overwritten can be let go of", { ignore }, () => {
  const family = Family.join()!;
  const { words } = family.words;
  const before = family.pages.used;
  const ring = Ring.create(family, 0, 0)!;
  ring.acquire();
  ring.put({ form: Form.int, number: 1, bytes: null, length: 0 });
  ring.release();
  words[ring.at + HEAD.records + words[ring.at + HEAD.active]! * RECORD.size] = -64;
  ring.free();
  assert(family.pages.used <= before);
});
