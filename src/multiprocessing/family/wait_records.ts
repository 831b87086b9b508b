/**
 * The waits for words of the family's memory: each participant notes its own waits where all can read them.
 *
 *     participant's slot ──▶ index ┬ all ──▶ record ──▶ record …       a record stays where it is, and in its group of addresses;
 *                                  ├ group 0 ──▶ record ──▶ record …   a new one comes before the others
 *                                  ├ group 1 ──▶ record …
 *
 *     record, word   0  state              1  address of the word that is waited at
 *                    2  ticket             3  what for (`wait_kind.ts`)
 *                    4  the word that names the owner of what is waited for; 0: nobody owns it
 *                    5  the line to which the waiters owe a wake-up if their process dies; 0: none
 *                    6  bits: timed, blocks its process    7,10  the next record of its group, and of all    8,9  since (ms)
 *
 *     state, bits    0..9    waiting: waits that nobody has chosen       a waiter comes: + 1; it leaves, or unpark
 *                                                                        chooses it: − 1
 *                    10..19  chosen: and their process does not know,    unpark: + 1; their process, when it has used
 *                            or has not used it yet                      it: − 1
 *                    20      refused: those that waited were turned      unpark: set; their process: cleared
 *                            away
 *                    21..31  how often the record was used, so that a change is refused which was meant for an earlier use
 *
 * No line and no latch: a process writes into its own records, and the others change a state by one compare and exchange. So a
 * process that is killed, at whatever instruction, leaves nothing torn. Whoever changes a word looks through the records of its
 * group after; a waiter notes itself, and looks at the word after: one of them sees the other.
 *
 * Those who waited longest are chosen first, by their tickets. Many waits of one process for one word share a record, and stand
 * in a line of their own in that process (`family_waits.ts`).
 */
import { epochTime } from "../../core/clock.ts";
import { heirOf, type Memory, type Settle } from "../../shared/memory/memory.ts";
import type { Bell } from "./bell.ts";
import type { Pages } from "./pages.ts";
import type { Participants } from "./participants.ts";
import { bucketOf, BUCKETS, HEADER, PAGE, type Words } from "./words.ts";

/** Words of a record. */
const R = {
  state: 0,
  at: 1,
  ticket: 2,
  kind: 3,
  owner: 4,
  owes: 5,
  how: 6,
  next: 7,
  nextOfAll: 10,
  since: 8,
} as const;
const RECORD = 16;
/** Words of the index. */
const INDEX = { all: 0, groups: RECORD, size: RECORD + BUCKETS } as const;
/** Bits of `how`. */
const TIMED = 1, BLOCKS = 2;

/** How many waits share a record at most: as many as its bits can count. */
export const MOST_WAITS = 1000;
const COUNT_BITS = 10, COUNT_MASK = 2 ** COUNT_BITS - 1;
const ONE_CHOSEN = 1 << COUNT_BITS;
const REFUSED = 1 << 2 * COUNT_BITS;
const ONE_USE = REFUSED << 1;

function waitingIn(state: number): number {
  return state & COUNT_MASK;
}

function chosenIn(state: number): number {
  return (state >>> COUNT_BITS) & COUNT_MASK;
}

/** What is waited for, as a record says it. */
export interface WaitNote {
  readonly at: number;
  readonly kind: number;
  /** The word that names the owner; 0: nobody owns it. */
  readonly owner: number;
  /** Whether its process is blocked by it. */
  readonly blocks: boolean;
  /** The line that is owed a wake-up; 0: none. */
  readonly owes: number;
  /** Whether it ends by itself at some time. */
  readonly timed: boolean;
}

/** One record of waits, as it stood when it was looked at. */
export interface WaitSeen extends WaitNote {
  readonly participant: number;
  /** How many wait by it. */
  readonly waiting: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** See the head of this file. */
export class WaitRecords {
  readonly #words: Words;
  readonly #participants: Participants;
  readonly #pages: Pages;
  readonly #bell: Bell;
  /** This process's records that are not in use, by their groups; in each the longest unused first. */
  readonly #free: (number[] | undefined)[] = Array.from({ length: BUCKETS });
  readonly #dying = new Set<number>();
  /** Where this process's records are found; 0 until it waits. */
  #index = 0;
  /** Where the next new one is to stand, and where its page ends. */
  #fresh = 0;
  #end = 0;

  constructor(words: Words, participants: Participants, pages: Pages, bell: Bell) {
    this.#words = words;
    this.#participants = participants;
    this.#pages = pages;
    this.#bell = bell;
  }

  /**
   * Takes a record for waits of this process.
   *
   * @throws {RangeError} if the memory is full.
   */
  open(note: WaitNote): number {
    const record = this.#free[bucketOf(note.at)]?.shift() ?? this.#add(bucketOf(note.at));
    const words = this.#words;
    words.add(this.#participants.waitsOf(this.#participants.me), 1);
    words.store(record + R.at, note.at);
    words.store(record + R.kind, note.kind);
    words.store(record + R.owner, note.owner);
    words.store(record + R.owes, note.owes);
    words.store(record + R.how, (note.timed ? TIMED : 0) | (note.blocks ? BLOCKS : 0));
    words.floats[(record + R.since) >> 1] = epochTime();
    // From now on only: until here the state was that of its last use, with nobody waiting.
    words.store(record + R.state, (words.load(record + R.state) & -ONE_USE) + ONE_USE | 0);
    return record;
  }

  /** Gives a record back by which nobody waits, and nobody was chosen. */
  close(record: number): void {
    this.#words.add(this.#participants.waitsOf(this.#participants.me), -1);
    (this.#free[bucketOf(this.#words.load(record + R.at))] ??= []).push(record);
  }

  /** Gives a record back by which one was chosen, which has used it. To say so is the last that is done: until then a death passes it on. */
  useAndClose(record: number): void {
    this.close(record);
    this.use(record);
  }

  /** The number of a waiter that comes now. */
  nextTicket(): number {
    return this.#words.add(HEADER.tickets, 1);
  }

  /** Says which ticket the first has that waits by a record. */
  setTicket(record: number, ticket: number): void {
    this.#words.store(record + R.ticket, ticket);
  }

  /** One more waits by it. */
  enter(record: number): void {
    this.#words.add(record + R.state, 1);
  }

  /** One less waits by it; `false` if all that did were chosen before, which then counts. */
  leave(record: number): boolean {
    for (;;) {
      const state = this.#words.load(record + R.state);
      if (waitingIn(state) === 0) return false;
      if (this.#words.compareExchange(record + R.state, state, state - 1) === state) return true;
    }
  }

  /** How many were chosen, and have not used it. */
  chosen(record: number): number {
    return chosenIn(this.#words.load(record + R.state));
  }

  /** One that was chosen has used it. */
  use(record: number): void {
    this.#words.add(record + R.state, -ONE_CHOSEN);
  }

  /** Whether those that waited were turned away; tells so once. */
  takeRefusal(record: number): boolean {
    for (;;) {
      const state = this.#words.load(record + R.state);
      if ((state & REFUSED) === 0) return false;
      if (this.#words.compareExchange(record + R.state, state, state & ~REFUSED) === state) {
        return true;
      }
    }
  }

  /** As `Memory.unpark`. */
  unpark(at: number, count: number, settle: Settle | undefined, refuse: boolean): number {
    let chosen = 0, first = 0;
    let ringing: Set<number> | null = null;
    while (chosen < count) {
      const next = this.#firstAt(at);
      if (next === null) break;
      const { record, state, participant } = next;
      const all = waitingIn(state);
      // Of several that share a record only the first has its ticket there: the next is looked for anew.
      const some = count === Infinity ? all : 1;
      const after = refuse ? (state - all) | REFUSED : state - some + some * ONE_CHOSEN;
      if (this.#words.compareExchange(record + R.state, state, after) !== state) continue;
      if (chosen === 0) first = participant;
      chosen += some;
      (ringing ??= new Set()).add(participant);
    }
    settle?.(chosen, first);
    if (ringing !== null) { for (const each of ringing) this.#bell.ring(each, at); }
    return chosen;
  }

  /** How many wait at `at`. */
  countAt(at: number): number {
    let count = 0;
    this.#eachAt(at, (record) => {
      const state = this.#words.load(record + R.state);
      if (waitingIn(state) > 0 && this.#words.load(record + R.at) === at) count += waitingIn(state);
    });
    return count;
  }

  /** All waits of all participants. */
  all(): WaitSeen[] {
    const words = this.#words, seen: WaitSeen[] = [];
    this.#each((record, participant) => {
      const waiting = waitingIn(words.load(record + R.state));
      if (waiting === 0) return;
      seen.push({
        participant,
        waiting,
        at: words.load(record + R.at),
        kind: words.load(record + R.kind),
        owner: words.load(record + R.owner),
        owes: words.load(record + R.owes),
        timed: (words.load(record + R.how) & TIMED) !== 0,
        blocks: (words.load(record + R.how) & BLOCKS) !== 0,
        since: words.floats[(record + R.since) >> 1]!,
      });
    });
    return seen;
  }

  /**
   * Gives what the waits of a dead participant were chosen for to the next in line.
   *
   * A record is cleared after that: if this process dies in between it is done again, and the worst of that is somebody who
   * looks once more for nothing.
   */
  bury(participant: number, memory: Memory): void {
    this.#dying.add(participant);
    this.#eachOf(
      participant,
      INDEX.all,
      R.nextOfAll,
      (record) => this.#clear(record, participant, memory),
    );
    this.#dying.delete(participant);
  }

  #clear(record: number, participant: number, memory: Memory): void {
    for (;;) {
      const state = this.#words.load(record + R.state);
      this.#passOn(record, participant, memory, waitingIn(state), chosenIn(state));
      // Another may have chosen one meanwhile, and then it is looked at again.
      const none = state & -ONE_USE;
      if (this.#words.compareExchange(record + R.state, state, none) === state) return;
    }
  }

  #passOn(
    record: number,
    identity: number,
    memory: Memory,
    waiting: number,
    chosen: number,
  ): void {
    if (waiting + chosen === 0) return;
    const words = this.#words;
    const at = words.load(record + R.at), owner = words.load(record + R.owner);
    const heir = heirOf(words.load(record + R.kind));
    if (heir !== undefined) heir(memory, { at, owner, identity, chosen: waiting === 0 });
    else if (chosen > 0) memory.unpark(at, chosen);
    const owes = words.load(record + R.owes);
    if (owes !== 0) memory.unpark(owes, waiting + chosen);
  }

  /** Whether a participant is being buried here: it counts as dead already. */
  isDying(participant: number): boolean {
    return this.#dying.has(participant);
  }

  /** The record at `at` with the lowest ticket by which somebody waits. */
  #firstAt(at: number): { record: number; state: number; participant: number } | null {
    const words = this.#words;
    let best = 0, ticket = 0, bestState = 0, whose = 0;
    this.#eachAt(at, (record, participant) => {
      const state = words.load(record + R.state);
      if (waitingIn(state) === 0 || words.load(record + R.at) !== at) return;
      const own = words.load(record + R.ticket);
      if (best !== 0 && ((own - ticket) | 0) >= 0) return;
      [best, ticket, bestState, whose] = [record, own, state, participant];
    });
    return best === 0 ? null : { record: best, state: bestState, participant: whose };
  }

  #each(visit: Visit): void {
    this.#eachIn(INDEX.all, R.nextOfAll, visit);
  }

  /** Visits the records by which somebody may wait at `at`. */
  #eachAt(at: number, visit: Visit): void {
    this.#eachIn(INDEX.groups + bucketOf(at), R.next, visit);
  }

  #eachIn(chain: number, next: number, visit: Visit): void {
    const participants = this.#participants;
    participants.forEach((participant) => {
      // Said before the first of them waits: who sees none here comes before all of them.
      if (this.#words.load(participants.waitsOf(participant)) === 0) return;
      if (!this.#dying.has(participant)) this.#eachOf(participant, chain, next, visit);
    });
  }

  #eachOf(participant: number, chain: number, next: number, visit: Visit): void {
    const words = this.#words;
    const index = words.load(this.#participants.recordsOf(participant));
    if (!words.has(index, INDEX.size)) return;
    let record = words.load(index + chain);
    while (words.has(record, RECORD)) {
      visit(record, participant);
      record = words.load(record + next);
    }
  }

  /** A new record of a group; it is seen only when it is whole. */
  #add(group: number): number {
    const words = this.#words;
    if (this.#fresh === this.#end) {
      const page = this.#pages.claimForWaits();
      this.#fresh = page;
      this.#end = page + PAGE;
      if (this.#index === 0) {
        this.#index = page;
        this.#fresh += INDEX.size;
        words.store(this.#participants.recordsOf(this.#participants.me), page);
      }
    }
    const record = this.#fresh;
    this.#fresh += RECORD;
    const chain = this.#index + INDEX.groups + group;
    words.store(record + R.nextOfAll, words.load(this.#index + INDEX.all));
    words.store(this.#index + INDEX.all, record);
    words.store(record + R.next, words.load(chain));
    words.store(chain, record);
    return record;
  }
}

type Visit = (record: number, participant: number) => void;
