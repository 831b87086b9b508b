/**
 * The one memory that all threads of this process see, as 32-bit words.
 *
 * What is shared (a lock, a queue's items, where a thread is parked) lives at an *address*: the index of
 * its first word. An address is a plain number, so it crosses to another thread in anything that carries
 * numbers: a message, or the bytes of a queue that a blocked thread reads.
 *
 *     0        64            4160              69696                              end
 *     ├ header ┼ parking lot ┼ threads' slots ─┼ heap: locks, queues, nodes … ──▶ ┤ grows in place
 *
 * The memory is one growable `SharedArrayBuffer`: its address space is reserved at once (0.1 ms), pages
 * are committed when they are first touched, and it never moves, so a view on it stays true forever.
 * The first thread that needs it makes it; every thread started by this library is given it before
 * anything else happens there ({@link adoptMemory}).
 *
 * This is the only file that touches shared words other than to sleep on them (`parking/futex.ts` does that).
 */

/** Where things stand in the header; the rest of it is reserved. */
export const HEADER = {
  /** The latch that guards the heap. */
  heapLatch: 1,
  /** The first word of the heap that was never handed out. */
  heapEnd: 2,
  /** The identity of the thread that was enrolled last. */
  lastThread: 3,
  /** How many processors there are. */
  processors: 4,
  /** Whether deadlocks are looked for. */
  watching: 5,
  /** The identity of the first thread. */
  mainThread: 6,
  /** How many threads got a name by their number. */
  numbered: 7,
  /** The first free run of pages, by address. */
  freePages: 8,
  /** Where the next small block comes from, and the end of that. */
  chunk: 9,
  chunkEnd: 10,
  /** The identity of the thread that looks for its next message instead of sleeping; 0: none (`wire/rpc/lookout.ts`). */
  lookout: 11,
  /** The free blocks of each size. */
  freeBlocks: 16,
} as const;

/** The parking lot's buckets: where waiting threads queue. */
export const BUCKETS = { start: 64, count: 1024, size: 4 } as const;
/** The threads' slots. */
export const SLOTS = { start: 4160, count: 1024, size: 64 } as const;
/** Where the heap begins. */
const HEAP_START = SLOTS.start + SLOTS.count * SLOTS.size;

const FIRST_BYTES = 1 << 20;
/** Tried one after another: a host may bound the address space. */
const RESERVES = [2 ** 32, 2 ** 30, 2 ** 28];

let buffer: SharedArrayBuffer | undefined;
let words: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(0));
let bytes: Uint8Array<SharedArrayBuffer> = new Uint8Array(words.buffer);
let floats: Float64Array<SharedArrayBuffer> = new Float64Array(words.buffer);

/** The memory itself, made if this is the first thread that needs it. */
export function sharedMemory(): SharedArrayBuffer {
  return buffer ?? makeMemory();
}

/** Takes the memory of the thread that started this one. */
export function adoptMemory(given: SharedArrayBuffer): void {
  if (buffer !== undefined) {
    throw new Error("Cannot adopt the shared memory: this thread has one already; adopt it first");
  }
  buffer = given;
  look();
}

function makeMemory(): SharedArrayBuffer {
  for (const maxByteLength of RESERVES) {
    try {
      buffer = new SharedArrayBuffer(FIRST_BYTES, { maxByteLength });
      break;
    } catch (error) {
      if (!(error instanceof RangeError) || maxByteLength === RESERVES.at(-1)) throw error;
    }
  }
  look();
  words[HEADER.heapEnd] = HEAP_START;
  words[HEADER.processors] = navigator.hardwareConcurrency;
  return buffer!;
}

/**
 * Makes sure that this thread sees the words below `end`, growing the memory if need be.
 *
 * To be called with each address that comes from elsewhere, before it is used.
 *
 * @throws {RangeError} if the memory cannot grow so far.
 */
export function reach(end: number): void {
  if (end <= words.length) return;
  const memory = sharedMemory();
  const needed = end * 4;
  if (needed > memory.byteLength) {
    if (needed > memory.maxByteLength) throw memoryFull(needed - memory.byteLength);
    const doubled = Math.min(Math.max(needed, memory.byteLength * 2), memory.maxByteLength);
    if (!grow(memory, doubled) && !grow(memory, needed)) {
      throw memoryFull(needed - memory.byteLength);
    }
  }
  look();
}

/** Grows the memory; `false` if the system has no more. Another thread may grow it further meanwhile. */
function grow(memory: SharedArrayBuffer, size: number): boolean {
  if (memory.byteLength >= size) return true;
  try {
    memory.grow(size);
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return memory.byteLength >= size;
  }
}

/** What is thrown when so many bytes more do not fit. */
export function memoryFull(bytes: number): RangeError {
  const { maxByteLength } = sharedMemory();
  const used = load(HEADER.heapEnd) * 4;
  return new RangeError(
    `Cannot share ${bytes} bytes more between threads: of ${maxByteLength}, ${used} were handed out; dispose() of arrays that are done with, or let go of arrays and queues and await something`,
  );
}

/** Fixed views: on a view that follows its buffer's length every access costs twice as much. */
function look(): void {
  const memory = buffer!;
  const size = memory.byteLength;
  words = new Int32Array(memory, 0, size / 4); // no shift: a size can have 33 bits
  bytes = new Uint8Array(memory, 0, size);
  floats = new Float64Array(memory, 0, size / 8);
}

/** The words, for code that reads and writes what only its own thread may touch at the moment. */
export function wordView(): Int32Array<SharedArrayBuffer> {
  return words;
}

/** The same memory by bytes; an address times four is the offset. */
export function byteView(): Uint8Array<SharedArrayBuffer> {
  return bytes;
}

/** The same memory by 64-bit floats; an (even) address divided by two is the index. */
export function floatView(): Float64Array<SharedArrayBuffer> {
  return floats;
}

/** The word at `at`. */
export function load(at: number): number {
  return Atomics.load(words, at);
}

/** Sets the word at `at`. */
export function store(at: number, value: number): void {
  Atomics.store(words, at, value);
}

/** Sets the word at `at` and returns what it was. */
export function swap(at: number, value: number): number {
  return Atomics.exchange(words, at, value);
}

/** Sets the word at `at` if it is `expected`, and returns what it was. */
export function compareExchange(at: number, expected: number, value: number): number {
  return Atomics.compareExchange(words, at, expected, value);
}

/** Adds to the word at `at` and returns what it was. */
export function add(at: number, n: number): number {
  return Atomics.add(words, at, n);
}

/** Sets bits in the word at `at` and returns what it was. */
export function setBits(at: number, bits: number): number {
  return Atomics.or(words, at, bits);
}

/** Clears bits in the word at `at` and returns what it was. */
export function clearBits(at: number, bits: number): number {
  return Atomics.and(words, at, ~bits);
}

/** Arrays whose elements can be changed as one. */
export type WholeArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array;

/** As {@link load}, {@link store}, {@link add} and {@link compareExchange}, on an element of an array of any width. */
export const element = {
  load: (array: WholeArray, i: number): number | bigint => Atomics.load(array as Int32Array, i),
  store: (array: WholeArray, i: number, value: number | bigint): void => {
    Atomics.store(array as Int32Array, i, value as number);
  },
  add: (array: WholeArray, i: number, n: number | bigint): number | bigint =>
    Atomics.add(array as Int32Array, i, n as number),
  compareExchange: (
    array: WholeArray,
    i: number,
    expected: number | bigint,
    value: number | bigint,
  ): number | bigint =>
    Atomics.compareExchange(array as Int32Array, i, expected as number, value as number),
} as const;

/** Tells the processor that this thread spins. */
export function pause(): void {
  Atomics.pause?.();
}
