/** A process may die while it recovers what another left, with a mutex that the recovery needs. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { Family } from "../../src/multiprocessing/family/family.ts";
import { SLOT } from "../../src/multiprocessing/family/participants.ts";
import { BUCKETS, HEADER, SLOTS } from "../../src/multiprocessing/family/words.ts";
import { WaitKind } from "../../src/shared/parking/wait_kind.ts";
import { program } from "../support/program.ts";
import { BarrierState } from "../../src/shared/sync/barrier.ts";

const ignore = Deno.build.os !== "linux";

/** Words of a barrier: its mutex, its line, and the party that acts. */
const MUTEX = 1, LINE = 5, ACTOR = 7;
/** Words of a record. */
const RECORD = 16;

Deno.test(
  "two that died, one of them with the mutex by which it recovered the other, are both recovered",
  { ignore },
  () => {
    const { memory } = Family.join()!;
    const { words, participants, pages, bell } = memory.family;
    const dead = (index: number): number => {
      const number = 512 + index; // a slot, in its first epoch
      words.store(SLOTS.start + index * SLOTS.size + SLOT.number, number);
      return number;
    };
    // Slots that nobody has, so that their bytes are not locked: as after a death.
    const [waiter, rescuer] = [dead(500), dead(501)];
    words.store(HEADER.lastSlot, 501);

    const at = pages.allocate(16);
    BarrierState.init(memory, at, 2);
    const index = pages.allocate(2 * BUCKETS), record = pages.allocate(RECORD);
    words.store(index, record); // of all, the first and only one
    words.store(record, 1); // one waits by it
    words.store(record + 1, at + LINE);
    words.store(record + 3, WaitKind.barrier);
    words.store(record + 4, at + ACTOR);
    words.store(participants.recordsOf(waiter), index);
    words.store(participants.waitsOf(waiter), 1);
    words.store(at + MUTEX, rescuer << 1);

    bell.sweep();
    assert(new BarrierState(memory, at).isBroken, "a party died in it");
    assertEquals([waiter, rescuer].map((each) => participants.isAlive(each)), [false, false]);
    assertEquals(memory.load(at + MUTEX), 0);
  },
);

Deno.test(
  "a process that uses no barrier recovers the party of one as any other does",
  { ignore },
  async () => {
    const { stdout, stderr } = await program("recovers_what_it_never_used.ts");
    assertEquals(stdout, "broken\n", stderr);
  },
);
