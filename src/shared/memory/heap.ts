/**
 * The heap of the shared memory: blocks of words for what threads share.
 *
 * Blocks have sizes that are powers of two, from 16 words (one cache line) on; a freed block is used
 * again for the same size. Large rows of numbers lie on pages instead: as many as they need, and runs of
 * free pages that touch become one. Pages never become blocks, so whoever still writes through an old view
 * of a row that was given back reaches numbers only, never a lock or a queue.
 *
 * Whoever allocates also says when to free: see `refcount.ts` for objects that the garbage collector
 * watches. When the memory is used up, what nobody refers to any more is looked for before that is told.
 */
import { acquireLatch, releaseLatch } from "../parking/futex.ts";
import { HEADER, load, memoryFull, reach, sharedMemory, store, wordView } from "./words.ts";

const SMALLEST_CLASS = 4;
const LARGEST_CLASS = 30;
/** Words of a page. */
const PAGE = 1024;
/** Words from which small blocks are cut. */
const CHUNK = 2 ** 16;
/** Words of a free run: the address of the next one, and its own size. */
const RUN = { next: 0, size: 1 } as const;
/** After so many words of fresh pages, what nobody refers to is looked for before more are taken. */
const FRESH_BETWEEN = 2 ** 27;

/** Gives back what nobody refers to any more. */
let reclaim: (() => void) | null = null;
/** Words of fresh pages since it was last called. */
let fresh = 0;

/** Has `fn` called when memory is short. */
export function setReclaim(fn: () => void): void {
  reclaim = fn;
}

/**
 * The address of a fresh block of at least `size` words, all of them 0.
 *
 * @throws {RangeError} if the memory is used up.
 */
export function allocate(size: number): number {
  const kind = sizeClass(size);
  sharedMemory();
  const words = 2 ** kind;
  let at = takeBlock(kind, words);
  if (at === 0) {
    reclaim?.();
    at = takeBlock(kind, words);
    if (at === 0) throw memoryFull(words * 4);
  }
  if (at > 0) return at;
  wordView().fill(0, -at, -at + words); // it was used before
  return -at;
}

/** Gives back the block at `at`, which was allocated with this `size`. */
export function free(at: number, size: number): void {
  const head = HEADER.freeBlocks + sizeClass(size);
  acquireLatch(HEADER.heapLatch);
  wordView()[at] = load(head);
  store(head, at);
  releaseLatch(HEADER.heapLatch);
}

/** How many words a block allocated with `size` has. */
export function blockSize(size: number): number {
  return 2 ** sizeClass(size);
}

/**
 * The address of at least `size` words on pages of their own, all of them 0.
 *
 * @throws {RangeError} if the memory is used up.
 */
export function allocatePages(size: number): number {
  const words = pagesFor(size);
  if (fresh >= FRESH_BETWEEN) {
    fresh = 0;
    reclaim?.();
  }
  sharedMemory();
  let at = takePages(words);
  if (at === 0) {
    reclaim?.();
    at = takePages(words);
    if (at === 0) throw memoryFull(words * 4);
  }
  if (at > 0) {
    fresh += words;
    return at;
  }
  wordView().fill(0, -at, -at + words); // they were used before
  return -at;
}

/** Gives back the pages at `at`, which were allocated with this `size`. */
export function freePages(at: number, size: number): void {
  let words = pagesFor(size);
  reach(at + PAGE);
  acquireLatch(HEADER.heapLatch);
  let before = 0;
  let next = load(HEADER.freePages);
  while (next !== 0 && next < at) {
    before = next;
    next = wordView()[next + RUN.next]!;
    reach(next + PAGE); // another thread may have put it there
  }
  const all = wordView();
  if (next === at + words) {
    words += all[next + RUN.size]!;
    next = all[next + RUN.next]!;
  }
  if (before !== 0 && before + all[before + RUN.size]! === at) {
    all[before + RUN.size]! += words;
    all[before + RUN.next] = next;
  } else {
    all[at + RUN.next] = next;
    all[at + RUN.size] = words;
    if (before === 0) store(HEADER.freePages, at);
    else all[before + RUN.next] = at;
  }
  releaseLatch(HEADER.heapLatch);
}

/** A block of this class: its address, negative if it was used before; 0 if there is none. */
function takeBlock(kind: number, words: number): number {
  acquireLatch(HEADER.heapLatch);
  try {
    const head = HEADER.freeBlocks + kind;
    const free = load(head);
    if (free !== 0) {
      reach(free + words);
      store(head, wordView()[free]!);
      return -free;
    }
    return words > CHUNK / 16 ? takeFresh(words) : takeFromChunk(words);
  } finally {
    releaseLatch(HEADER.heapLatch);
  }
}

/** Small blocks lie together, so that few of them keep free pages apart. */
function takeFromChunk(words: number): number {
  let at = load(HEADER.chunk);
  if (at + words > load(HEADER.chunkEnd)) {
    at = takeFresh(CHUNK);
    if (at === 0) return takeFresh(words);
    store(HEADER.chunkEnd, at + CHUNK);
  }
  reach(at + words); // another thread may have taken the chunk
  store(HEADER.chunk, at + words);
  return at;
}

/** So many words of pages: their address, negative if they were used before; 0 if there are none. */
function takePages(words: number): number {
  acquireLatch(HEADER.heapLatch);
  try {
    let before = 0;
    for (let run = load(HEADER.freePages); run !== 0;) {
      reach(run + PAGE);
      const all = wordView();
      const size = all[run + RUN.size]!;
      const next = all[run + RUN.next]!;
      if (size < words) {
        before = run;
        run = next;
        continue;
      }
      reach(run + size);
      let rest = next;
      if (size > words) {
        rest = run + words;
        wordView()[rest + RUN.next] = next;
        wordView()[rest + RUN.size] = size - words;
      }
      if (before === 0) store(HEADER.freePages, rest);
      else wordView()[before + RUN.next] = rest;
      return -run;
    }
    return takeFresh(words);
  } finally {
    releaseLatch(HEADER.heapLatch);
  }
}

/** Words that were never handed out, with the latch held; 0 if there are not so many. */
function takeFresh(words: number): number {
  const at = load(HEADER.heapEnd);
  try {
    reach(at + words);
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
  store(HEADER.heapEnd, at + words);
  return at;
}

function pagesFor(size: number): number {
  if (size > 2 ** LARGEST_CLASS) throw memoryFull(size * 4);
  return Math.ceil(size / PAGE) * PAGE;
}

function sizeClass(size: number): number {
  if (size > 2 ** LARGEST_CLASS) throw memoryFull(size * 4);
  return Math.max(SMALLEST_CLASS, 32 - Math.clz32(size - 1));
}
