/** Loads nothing but the family's memory, as a process that uses only queues, and finds a death at a barrier. */
import { Family } from "../../../src/multiprocessing/family/family.ts";
import { SLOT } from "../../../src/multiprocessing/family/participants.ts";
import { BUCKETS, HEADER, SLOTS } from "../../../src/multiprocessing/family/words.ts";
import { WaitKind } from "../../../src/shared/parking/wait_kind.ts";

/** Words of a barrier, as they stand in memory: its parties, its state, its line, and the party that acts. */
const PARTIES = 2, STATE = 3, LINE = 5, ACTOR = 7;
const BROKEN = 2;
const RECORD = 16;

const { words, participants, pages, bell } = Family.join()!;
const dead = 512 + 500; // a slot that nobody has, so that its byte is not locked
words.store(SLOTS.start + 500 * SLOTS.size + SLOT.number, dead);
words.store(HEADER.lastSlot, 500);
const at = pages.allocate(16), index = pages.allocate(2 * BUCKETS), record = pages.allocate(RECORD);
words.store(at + PARTIES, 2);
words.store(index, record); // of all, the first and only one
words.store(record, 1);
words.store(record + 1, at + LINE);
words.store(record + 3, WaitKind.barrier);
words.store(record + 4, at + ACTOR);
words.store(participants.recordsOf(dead), index);
words.store(participants.waitsOf(dead), 1);
bell.sweep();
console.log(words.load(at + STATE) === BROKEN ? "broken" : "whole");
