/** Where things stand in a ring (`ring.ts`). */
import { LINE_SIZE } from "./line.ts";

/** What stands in the head block. */
export const HEAD = {
  latch: 0,
  /** 0 or 1: the record that counts. */
  active: 1,
  maxItems: 2,
  maxBytes: 3,
  /** Whether the writer says that nothing more is put. */
  closed: 4,
  /** Who puts and who takes, where each is one participant; 0: whoever it may be. */
  writer: 5,
  reader: 6,
  records: 16,
  /** A bit for each slot whose participant has opened it. */
  users: 48,
  lines: 64,
} as const;

/** What stands in a record. */
export const RECORD = {
  headSegment: 0,
  headAt: 1,
  tailSegment: 2,
  tailAt: 3,
  /** How many were put and taken, of 2^31. */
  puts: 4,
  gets: 5,
  /** How many were put and not reported done. */
  unfinished: 6,
  isShut: 7,
  /** The words that the items take. */
  used: 8,
  /** A segment that is not in use. */
  spare: 9,
  size: 16,
} as const;

/** The lines of waiters. */
export const LINES = { getters: 0, putters: 1, joiners: 2 } as const;

/** How many words {@link HEAD.users} takes. */
export const USER_WORDS = 16;
/** The first segment stands in the head block, and is small: a queue that never holds much takes no page. */
export const FIRST: { readonly at: number; readonly size: number } = {
  at: HEAD.lines + Object.keys(LINES).length * LINE_SIZE,
  size: 180,
};
/** How many words the head block takes. */
export const SIZE: number = FIRST.at + FIRST.size;
/** Counts go round here. */
export const COUNT: number = 2 ** 31;

/** A segment begins with the address of the next one, and where that is to be read from. */
export const SEGMENT_HEAD = 2;
/** The most bytes of an item that stands in a segment; larger ones have pages of their own. */
export const LARGEST: number = 8 * 1024;
/** Marks an item whose words say where its pages are. */
export const BIG = 8;
/** The rest of the segment is not used. */
export const JUMP = 15;
