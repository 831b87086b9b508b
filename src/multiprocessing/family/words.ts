/**
 * The words of a family's memory: the same to all its processes.
 *
 * What is shared lies at an *address*, the index of its first word, as in the memory that threads share
 * (`shared/memory/words.ts`). It is mapped and no `SharedArrayBuffer`; what `Atomics` do on it counts for other processes too.
 *
 *     0        64       32832           49280                                   end
 *     ├ header ┼ slots ─┼ page table ───┼ pages: what their participants keep ──┤
 *
 * All that stands here was written by others. It is looked at with care: an address is checked ({@link Words.has}) before it is
 * followed, a length before it is used.
 */

/** Where things stand in the header. */
export const HEADER = {
  /** Says what this is. */
  magic: 0,
  /** By which one memory is told from another. */
  id: 1,
  /** How many participants have died. */
  deaths: 2,
  /** The highest slot that was ever taken. */
  lastSlot: 3,
  /** How many deaths have been recovered, so that nobody takes the dead for alive any more. */
  recovered: 4,
  /** The ticket of the latest waiter (`wait_records.ts`). */
  tickets: 5,
} as const;

/** What the header begins with: a memory of another make is not joined. */
export const MAGIC = 0x51_46_4d_31;

/** Where a participant's slot stands, and what stands in it. */
export const SLOTS = { start: 64, count: 512, size: 64 } as const;

/** A page: what is claimed at once, in words. */
export const PAGE = 16 * 1024;
/** A page's word in the table names its participant; 0: nobody's. */
export const PAGE_TABLE: number = SLOTS.start + SLOTS.count * SLOTS.size;

/** Into how many groups addresses are divided, where a few have to be found among very many; a multiple of 32. */
export const BUCKETS = 1024;

/** The group of an address. */
export function bucketOf(at: number): number {
  return Math.imul(at, 0x9e3779b1) >>> 22; // Knuth's multiplicative hash, its upper ten bits
}

/** The words. */
export class Words {
  readonly words: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly floats: Float64Array<ArrayBuffer>;
  readonly bigints: BigInt64Array<ArrayBuffer>;
  /** How many pages there are, those of the header and the table included. */
  readonly pages: number;
  /** The first page that can be claimed. */
  readonly firstPage: number;

  constructor(buffer: ArrayBuffer) {
    this.pages = Math.floor(buffer.byteLength / (PAGE * 4));
    const length = this.pages * PAGE;
    this.words = new Int32Array(buffer, 0, length);
    this.bytes = new Uint8Array(buffer, 0, length * 4);
    this.floats = new Float64Array(buffer, 0, length / 2);
    this.bigints = new BigInt64Array(buffer, 0, length / 2);
    this.firstPage = Math.ceil((PAGE_TABLE + this.pages) / PAGE);
  }

  /** Whether `size` words from `at` on are within the pages: to be asked of what another has written. */
  has(at: number, size: number): boolean {
    return Number.isInteger(at) && at >= this.firstPage * PAGE && size >= 0 &&
      at + size <= this.words.length;
  }

  /** The word at `at`. */
  load(at: number): number {
    return Atomics.load(this.words, at);
  }

  /** Sets the word at `at`. */
  store(at: number, value: number): void {
    Atomics.store(this.words, at, value);
  }

  /** Sets the word at `at` and returns what it was. */
  swap(at: number, value: number): number {
    return Atomics.exchange(this.words, at, value);
  }

  /** Sets the word at `at` if it is `expected`, and returns what it was. */
  compareExchange(at: number, expected: number, value: number): number {
    return Atomics.compareExchange(this.words, at, expected, value);
  }

  /** Adds to the word at `at` and returns what it was. */
  add(at: number, n: number): number {
    return Atomics.add(this.words, at, n);
  }

  /** Sets bits in the word at `at`. */
  setBits(at: number, bits: number): void {
    Atomics.or(this.words, at, bits);
  }

  /** Clears bits in the word at `at` and returns what it was. */
  clearBits(at: number, bits: number): number {
    return Atomics.and(this.words, at, ~bits);
  }
}

/** So many bytes are copied one by one. */
const FEW = 256;

/** Copies bytes. A few are faster one by one: the platform's copy takes a view, and that costs more than the bytes. */
export function copyBytes(
  from: Uint8Array,
  at: number,
  length: number,
  to: Uint8Array,
  there: number,
): void {
  if (length > FEW) to.set(from.subarray(at, at + length), there);
  else for (let i = 0; i < length; i++) to[there + i] = from[at + i]!;
}
