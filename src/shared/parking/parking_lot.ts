/**
 * The parking lot: the waiters of each word, in the order in which they came.
 *
 *     bucket (by a hash of the address)          node (one for each wait)
 *     0  latch                                   0  signal: 0 asleep, then WOKEN, POKED, ORPHANED bits
 *     1  first node ─────────────────────────▶   1  address that it waits at
 *     2  last node                               2  node before        3  node after
 *     3  how many wait, or are about to          4  thread             5  what for (`wait_kind.ts`)
 *                                                6  1: timed             7  1 while in the list
 *                                                8,9  since (ms)       10,11  this thread's other waits
 *                                                12 address of the word that names the owner of what it
 *                                                   waits for; 0: nobody owns it
 *                                                13 the line to which it owes a wake-up if its thread ends
 *
 * The platform's own futex queues as well, but it cannot name its waiters, cannot hand anything over, and
 * cannot wake one particular thread. Here all of that is data that every thread can read: a lock can be
 * handed to the next in line, a stopped thread is found wherever it waits, and `dumpThreads()` just looks.
 *
 * Ancestors: WebKit's ParkingLot and the parking_lot crate, with the memory shared instead of the heap.
 */
import { epochTime } from "../../core/clock.ts";
import type { Settle } from "../memory/memory.ts";
import { acquireLatch, futexWake, releaseLatch } from "./futex.ts";
import { isRegistered, me, SLOT, slotOf } from "../thread/thread_slot.ts";
import { add, BUCKETS, floatView, load, reach, setBits, store, wordView } from "../memory/words.ts";

/** Words of a bucket; its latch is the first. */
const BUCKET = { first: 1, last: 2, count: 3 } as const;

/** Words of a node. */
export const NODE = {
  signal: 0,
  address: 1,
  before: 2,
  after: 3,
  thread: 4,
  kind: 5,
  timed: 6,
  listed: 7,
  since: 8,
  earlier: 10,
  later: 11,
  owner: 12,
  owes: 13,
  size: 16,
} as const;

/** Bits of a node's signal: chosen by `unpark`; the owner of what it waits for has ended; turned away. */
export const WOKEN = 1, ORPHANED = 4, REFUSED = 8;

/** How a wait ended that others ended. */
export type Verdict = "woken" | "orphaned" | "refused";

/** How a wait with this signal was ended; `undefined`: it was not. */
export function verdictOf(signal: number): Verdict | undefined {
  if ((signal & WOKEN) !== 0) return "woken";
  if ((signal & REFUSED) !== 0) return "refused";
  return (signal & ORPHANED) !== 0 ? "orphaned" : undefined;
}

/** The thread that a lock's word names as its owner: the word is the owner's identity and one bit. */
export function ownerIn(word: number): number {
  return word >>> 1;
}

/**
 * Puts `node` at the end of the line for the word at `at`, if that word is still `expected`.
 *
 * The count goes up before the word is looked at, and who changes the word looks at the count after:
 * so either the waiter sees the change or the changer sees the waiter.
 */
export function enlist(node: number, at: number, expected: number): boolean {
  const bucket = bucketOf(at);
  add(bucket + BUCKET.count, 1);
  acquireLatch(bucket);
  const listed = load(at) === expected;
  if (listed) append(bucket, node, at);
  else add(bucket + BUCKET.count, -1);
  releaseLatch(bucket);
  return listed;
}

/** Describes a wait, before it is enlisted. */
export function describe(
  node: number,
  thread: number,
  kind: number,
  timed: boolean,
  owner: number,
): void {
  const words = wordView();
  words[node + NODE.thread] = thread;
  words[node + NODE.kind] = kind;
  words[node + NODE.timed] = timed ? 1 : 0;
  words[node + NODE.owner] = owner;
  floatView()[(node + NODE.since) >> 1] = epochTime();
}

/** Takes `node` out of the line; `false` if it was chosen before, which then counts. */
export function delist(node: number): boolean {
  const bucket = bucketOf(wordView()[node + NODE.address]!);
  acquireLatch(bucket);
  const listed = wordView()[node + NODE.listed] === 1;
  if (listed) unlink(bucket, node);
  releaseLatch(bucket);
  return listed;
}

/**
 * Chooses the first `count` waiters at `at` and wakes them; returns how many there were. A thread that blocks comes before
 * its own promises.
 *
 * @param settle called with the number chosen and the first one's thread (0: nobody waits) while the
 * line stands still: what it stores is seen by the chosen, and nobody joins the line in between.
 * @param verdict `REFUSED` to turn the waiters away instead.
 */
export function unpark(
  at: number,
  count = Infinity,
  settle?: Settle,
  verdict = WOKEN,
): number {
  const bucket = bucketOf(at);
  if (settle === undefined && load(bucket + BUCKET.count) === 0) return 0;
  let chosen = 0, first = 0, last = 0;
  acquireLatch(bucket);
  let node = wordView()[bucket + BUCKET.first]!;
  while (node !== 0 && chosen < count) {
    reach(node + NODE.size);
    const words = wordView();
    if (words[node + NODE.address] !== at) {
      node = words[node + NODE.after]!;
      continue;
    }
    const able = ableOf(node, at);
    if (able === node) node = words[node + NODE.after]!;
    unlink(bucket, able);
    words[able + NODE.after] = 0;
    if (last === 0) first = able;
    else words[last + NODE.after] = able;
    last = able;
    chosen++;
  }
  settle?.(chosen, first === 0 ? 0 : wordView()[first + NODE.thread]!);
  releaseLatch(bucket);
  while (first !== 0) {
    const after = wordView()[first + NODE.after]!; // before the wake: then the node is its waiter's again
    wake(first, verdict);
    first = after;
  }
  return chosen;
}

/**
 * The wait of a node's thread that can go on: the node, or the one by which that thread blocks for the same word. Its promises
 * cannot go on before it, and to wake one of them would wake nobody.
 */
function ableOf(node: number, at: number): number {
  const words = wordView();
  const thread = words[node + NODE.thread]!;
  const blocked = slotOf(thread) + SLOT.node;
  // It may come into another line meanwhile: the address is the one that it was listed with, or a later one.
  const isInLine = load(blocked + NODE.listed) === 1 && words[blocked + NODE.address] === at &&
    words[blocked + NODE.thread] === thread;
  return isInLine ? blocked : node;
}

/** Sets `bit` in a node's signal and wakes its waiter. */
function wake(node: number, bit: number): void {
  const mine = wordView()[node + NODE.thread] === me; // before: after the bit the node is its waiter's again
  setBits(node + NODE.signal, bit);
  if (!mine || wakeAtHome === null) futexWake(node + NODE.signal);
  else wakeAtHome(node);
}

/** Wakes a wait of this thread's own event loop, without the way through the platform. */
let wakeAtHome: ((node: number) => void) | null = null;

/** Has `next` wake the waits of this thread's event loop. */
export function setWakeAtHome(next: (node: number) => void): void {
  wakeAtHome = next;
}

/** How many wait at `at`. */
export function parkedAt(at: number): number {
  let found = 0;
  eachIn(bucketOf(at), (node) => {
    if (wordView()[node + NODE.address] === at) found++;
  });
  return found;
}

/** One wait, as it stood when it was looked at. */
export interface Wait {
  readonly thread: number;
  readonly address: number;
  readonly kind: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Whether it ends by itself at some time. */
  readonly timed: boolean;
  /** The thread that holds what is waited for; 0 if unknown. */
  readonly owner: number;
}

/** All waits of all threads. */
export function allWaits(): Wait[] {
  const waits: Wait[] = [];
  eachNode((node) => waits.push(readWait(node)));
  return waits;
}

/** What `node` waits for. */
export function readWait(node: number): Wait {
  const words = wordView();
  const owner = words[node + NODE.owner]!;
  reach(owner + 1);
  return {
    thread: words[node + NODE.thread]!,
    address: words[node + NODE.address]!,
    kind: words[node + NODE.kind]!,
    since: floatView()[(node + NODE.since) >> 1]!,
    timed: words[node + NODE.timed] === 1,
    owner: owner === 0 ? 0 : ownerIn(load(owner)),
  };
}

/** Wakes all whose wait is for something that an ended thread holds; called when one has ended. */
export function wakeOrphans(): void {
  for (let i = 0; i < BUCKETS.count; i++) {
    const bucket = BUCKETS.start + i * BUCKETS.size;
    eachIn(bucket, (node) => {
      const { owner } = readWait(node);
      if (owner === 0 || isRegistered(owner)) return;
      unlink(bucket, node);
      wake(node, ORPHANED);
    });
  }
}

function eachNode(visit: (node: number) => void): void {
  for (let i = 0; i < BUCKETS.count; i++) eachIn(BUCKETS.start + i * BUCKETS.size, visit);
}

function eachIn(bucket: number, visit: (node: number) => void): void {
  if (load(bucket + BUCKET.count) === 0) return;
  acquireLatch(bucket);
  let node = wordView()[bucket + BUCKET.first]!;
  while (node !== 0) {
    reach(node + NODE.size);
    const after = wordView()[node + NODE.after]!;
    visit(node);
    node = after;
  }
  releaseLatch(bucket);
}

/** Addresses are spread by Fibonacci hashing: neighbours go to different buckets. */
function bucketOf(at: number): number {
  return BUCKETS.start + (Math.imul(at, 0x9e3779b1) >>> 22) * BUCKETS.size;
}

function append(bucket: number, node: number, at: number): void {
  const words = wordView();
  const last = words[bucket + BUCKET.last]!;
  words[node + NODE.address] = at;
  words[node + NODE.before] = last;
  words[node + NODE.after] = 0;
  store(node + NODE.listed, 1); // behind the address, for `ableOf`
  if (last === 0) {
    words[bucket + BUCKET.first] = node;
  } else {
    reach(last + NODE.size);
    wordView()[last + NODE.after] = node;
  }
  words[bucket + BUCKET.last] = node;
}

function unlink(bucket: number, node: number): void {
  const words = wordView();
  const before = words[node + NODE.before]!;
  const after = words[node + NODE.after]!;
  reach(Math.max(before, after) + NODE.size);
  const all = wordView();
  if (before === 0) all[bucket + BUCKET.first] = after;
  else all[before + NODE.after] = after;
  if (after === 0) all[bucket + BUCKET.last] = before;
  else all[after + NODE.before] = before;
  all[node + NODE.listed] = 0;
  add(bucket + BUCKET.count, -1);
}
