/**
 * Mutual exclusion on one word: what Lock, RLock, queues and Gil take.
 *
 *     word          meaning                           who changes it, and to what
 *     0             free                              whoever wants it: to its identity × 2
 *     t × 2         thread t holds it                 the holder: to 0 · one that has to wait: + 1
 *     t × 2 + 1     t holds it, others may wait       the holder: to 0, then it wakes the first in line;
 *                                                     fair: to the first in line, × 2 + 1
 *
 * One that was woken takes it as `+ 1`, since others may still stand in line behind it. A waiter sets
 * the bit again before each park, so that leaving the line can never lose the wake-up of another.
 *
 * Taking and releasing a free one is two atomic operations. Not fair unless asked: a thread that runs
 * may take it ahead of one that has to be woken first, which is what makes it fast. One that waits with a promise can
 * stand in line behind a waiter that was woken for it, also while it is 0: that waiter takes it as `+ 1`.
 *
 * Source: Ulrich Drepper, "Futexes Are Tricky", with the owner in place of its 1 and 2.
 */
import { Deadline } from "../../core/deadline.ts";
import { DeadlockError } from "../../core/errors.ts";
import type { Memory } from "../memory/memory.ts";
import { type Bounds, throwIfEnded, type Waiting } from "../parking/waiting.ts";
import { WaitKind } from "../parking/wait_kind.ts";

/** The bit of its word that says that others may wait for it; the rest is its holder's identity. */
export const CONTENDED = 1;

/** How it is waited for. */
export interface MutexOptions {
  /** What it is, as errors say: `"Lock.acquire()"`. */
  readonly what: string;
  /** What it is, for dumps. */
  readonly kind: number;
  /** Whether it goes to the waiters in the order in which they came. */
  readonly fair: boolean;
  /** Whether this thread blocks, so that spinning first may pay. */
  readonly blocking: boolean;
  /** Whether it is waited for though it is free: one that was woken for it is about to take it. */
  readonly behind?: boolean;
  /** Whether the wait ignores a request to stop. */
  readonly unstoppable?: boolean;
  /** The line to whose first a wake-up is passed on if this thread ends before it has taken it; 0: none. */
  readonly owes?: number;
  /**
   * Called when it was taken over from a holder that has ended, and what it guards may be half done; without it the
   * waiters fail then.
   */
  readonly inherited?: (() => void) | undefined;
}

/** Takes it if it is free. */
export function tryTake(memory: Memory, word: number): boolean {
  return memory.compareExchange(word, 0, memory.me << 1) === 0;
}

/** Takes it from a holder that has ended; `false` if there is none, or another was faster. */
export function inherit(memory: Memory, word: number): boolean {
  const seen = memory.load(word), owner = seen >>> 1;
  if (owner === 0 || memory.isRegistered(owner)) return false;
  return memory.compareExchange(word, seen, memory.me << 1 | CONTENDED) === seen;
}

/**
 * Takes it, waiting as long as need be; `false` when the deadline passed.
 *
 * @throws {DeadlockError} if its holder has ended, nothing bounds the wait and nobody inherits.
 */
export function* take(
  memory: Memory,
  word: number,
  options: MutexOptions,
  bounds: Bounds,
): Waiting<boolean> {
  let mine = memory.me << 1;
  let spun = !options.blocking;
  let orphaned = false;
  let behind = options.behind ?? false;
  while (true) {
    const seen = memory.load(word);
    if (seen === 0 && !behind) {
      if (memory.compareExchange(word, 0, mine) === 0) return true;
      continue;
    }
    if (!spun) {
      spun = true;
      if (memory.spinWhile(word, seen)) continue;
    }
    if (!options.fair) mine = memory.me << 1 | CONTENDED;
    const held = seen | CONTENDED;
    const isFree = seen === 0;
    if (!isFree && seen !== held && memory.compareExchange(word, seen, held) !== seen) continue;
    behind = false;
    const how = yield {
      at: word,
      expected: isFree ? 0 : held,
      deadline: bounds.deadline,
      signal: bounds.signal,
      kind: options.kind,
      owner: orphaned ? 0 : word,
      unstoppable: options.unstoppable,
      owes: options.owes,
    };
    if (how === "woken" && options.fair) return true; // handed over: the word names this thread
    if (how === "timedOut") return false;
    if (how === "orphaned") {
      if (options.inherited !== undefined) {
        if (!inherit(memory, word)) continue;
        options.inherited();
        return true;
      }
      if (bounds.deadline === Deadline.NEVER) throw orphan(memory, word, options.what);
      orphaned = true; // bounded: whoever knows may still release it in time
      continue;
    }
    throwIfEnded(how, options.what, bounds);
  }
}

/** Lets it go; `false` if nobody holds it. */
export function release(memory: Memory, word: number, fair: boolean): boolean {
  if (fair) return releaseFairly(memory, word);
  const before = memory.swap(word, 0);
  if (before === 0) return false;
  if ((before & CONTENDED) !== 0) memory.unpark(word, 1);
  return true;
}

function releaseFairly(memory: Memory, word: number): boolean {
  const seen = memory.load(word);
  if (seen === 0) return false;
  if ((seen & CONTENDED) === 0 && memory.compareExchange(word, seen, 0) === seen) return true;
  handOver(memory, word);
  return true;
}

/** Gives it to the first in line, as its word says from then on; to nobody if none waits. */
export function handOver(memory: Memory, word: number): void {
  memory.unpark(
    word,
    1,
    (_, next) => memory.store(word, next === 0 ? 0 : next << 1 | CONTENDED),
  );
}

/**
 * Takes it for a few instructions of the library's own, which a stop must not leave half done.
 *
 * @param inherited see {@link MutexOptions.inherited}.
 */
export function takeBriefly(memory: Memory, word: number, inherited?: () => void): void {
  if (tryTake(memory, word)) return;
  memory.block(take(memory, word, { ...BRIEFLY, inherited }, BRIEF_BOUNDS));
}

const BRIEFLY: MutexOptions = {
  what: "a wait of the library's own",
  kind: WaitKind.internal,
  fair: false,
  blocking: true,
  unstoppable: true,
};
const BRIEF_BOUNDS: Bounds = { deadline: Deadline.NEVER, signal: undefined };

/** The thread that holds it; 0 when free. */
export function holder(memory: Memory, word: number): number {
  return memory.load(word) >>> 1;
}

/** Takes it away from a thread that has ended; `false` if there is no such thread. */
export function recover(memory: Memory, word: number, fair: boolean): boolean {
  return inherit(memory, word) && release(memory, word, fair);
}

/** What anyone can know of it. */
export interface MutexStatistics {
  /** Whether it is held. */
  readonly locked: boolean;
  /** The name of the thread that holds it; `null` when free. */
  readonly holder: string | null;
  /** How many wait for it. */
  readonly waiting: number;
}

/** What anyone can know of it, now. */
export function mutexStatistics(memory: Memory, word: number): MutexStatistics {
  const owner = holder(memory, word);
  return Object.freeze({
    locked: owner !== 0,
    holder: owner === 0 ? null : memory.nameOf(owner),
    waiting: memory.parkedAt(word),
  });
}

function orphan(memory: Memory, word: number, what: string): DeadlockError {
  const owner = holder(memory, word);
  return new DeadlockError(
    `${what} can never succeed: thread ${
      JSON.stringify(memory.nameOf(owner))
    } ended while holding it; release with try … finally or "using", or take it back with recover()`,
  );
}
