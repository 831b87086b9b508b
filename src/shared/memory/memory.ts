/**
 * What the state machines of `shared/sync` run on: words that several parties see, and a way to wait for one.
 *
 *     a party      the memory                                        as a `Memory`
 *     a thread     one growable `SharedArrayBuffer`, its parking lot  `parking/thread_memory.ts`
 *
 * A machine is given its memory and knows nothing else of the world, so that the same file makes the lock between
 * threads and any other. The parties have numbers, their *identities*, which the word of a lock names; the number of
 * one that has ended is not used again while a word can name it.
 */
import type { Waiting } from "../parking/waiting.ts";

/** Words that several parties see, at addresses that are numbers. */
export interface Memory {
  /** The identity of the party that asks. */
  readonly me: number;
  /** The word at `at`. */
  load(at: number): number;
  /** Sets the word at `at`. */
  store(at: number, value: number): void;
  /** Sets the word at `at` and returns what it was. */
  swap(at: number, value: number): number;
  /** Sets the word at `at` if it is `expected`, and returns what it was. */
  compareExchange(at: number, expected: number, value: number): number;
  /** Adds to the word at `at` and returns what it was. */
  add(at: number, n: number): number;
  /** Whether the party of an identity has not ended. */
  isRegistered(identity: number): boolean;
  /** What errors and statistics call the party of an identity. */
  nameOf(identity: number): string;
  /** Spins while the word at `at` is `expected`; returns whether it changed. */
  spinWhile(at: number, expected: number): boolean;
  /**
   * Chooses the first `count` (by default all) of the waiters at `at` and wakes them; returns how many there were.
   *
   * @param settle called with the number chosen and the first one's identity (0: nobody waits) before they can go on.
   * @param verdict how their waits end: `"refused"` turns them away. Default: `"woken"`.
   */
  unpark(at: number, count?: number, settle?: Settle, verdict?: "woken" | "refused"): number;
  /** How many wait at `at`. */
  parkedAt(at: number): number;
  /** Waits by blocking the party. */
  block<T>(waiting: Waiting<T>): T;
}

/** What is done while the waiters that were chosen stand still. */
export type Settle = (chosen: number, first: number) => void;

/** A wait of a party that has ended without knowing how the wait did. */
export interface AbandonedWait {
  /** The word that it waited at. */
  readonly at: number;
  /** The word that names the owner of what it waited for, as the wait said. */
  readonly owner: number;
  /** Whose wait it was. */
  readonly identity: number;
  /** Whether it was chosen before; else it has left its line just now. */
  readonly chosen: boolean;
}

/** What a machine does about an abandoned wait. */
export type Heir = (memory: Memory, wait: AbandonedWait) => void;

const heirs = new Map<number, Heir>();

/** Has `heir` called for the abandoned waits of a kind, where there is more to do than to wake the next. */
export function onAbandoned(kind: number, heir: Heir): void {
  heirs.set(kind, heir);
}

/** Who is called for the abandoned waits of a kind, if anybody. */
export function heirOf(kind: number): Heir | undefined {
  return heirs.get(kind);
}
