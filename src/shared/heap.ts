/**
 * The heap of the shared memory: blocks of words for what threads share.
 *
 * Blocks have sizes that are powers of two, from 16 words (one cache line) on; a freed block is used
 * again for the same size. Whoever allocates also says when to free: see `residence.ts` for objects that
 * the garbage collector watches.
 */
import { leaveLatch, takeLatch } from "./parking.ts";
import { HEADER, load, reach, sharedMemory, store, wordView } from "./words.ts";

const SMALLEST_CLASS = 4;

/**
 * The address of a fresh block of at least `size` words, all of them 0.
 *
 * @throws {RangeError} if the memory is used up.
 */
export function allocate(size: number): number {
  const kind = sizeClass(size);
  sharedMemory();
  takeLatch(HEADER.heapLatch);
  try {
    const head = HEADER.freeBlocks + kind;
    const free = load(head);
    if (free !== 0) {
      reach(free + 2 ** kind);
      store(head, wordView()[free]!);
      wordView().fill(0, free, free + 2 ** kind);
      return free;
    }
    const at = load(HEADER.heapEnd);
    reach(at + 2 ** kind);
    store(HEADER.heapEnd, at + 2 ** kind);
    return at;
  } finally {
    leaveLatch(HEADER.heapLatch);
  }
}

/** Gives back the block at `at`, which was allocated with this `size`. */
export function free(at: number, size: number): void {
  const head = HEADER.freeBlocks + sizeClass(size);
  takeLatch(HEADER.heapLatch);
  wordView()[at] = load(head);
  store(head, at);
  leaveLatch(HEADER.heapLatch);
}

/** How many words a block allocated with `size` has. */
export function blockSize(size: number): number {
  return 2 ** sizeClass(size);
}

function sizeClass(size: number): number {
  return Math.max(SMALLEST_CLASS, 32 - Math.clz32(size - 1));
}
