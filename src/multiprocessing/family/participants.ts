/**
 * The processes that have joined a family's memory: one slot each.
 *
 *     slot       number   died    its byte's lock    what changes it
 *     free       0        0       nobody's           enter: takes the lock, then the number
 *     alive      n        0       its process's      the process ends, however it ends: the lock goes with it
 *     ended      n        0       nobody's           recover: whoever finds it (sweep), while holding the lock
 *     mourned    0        d       nobody's           bury: once every living participant has seen death d
 *
 * - A process holds the lock on its slot's byte of the file as long as it lives. The system takes it back when nothing of the
 *   process can touch the memory any more: no heartbeat, no guess, no number of a process that comes again.
 * - A number is a slot with an epoch. It is not used again while anything can name it.
 * - Pages of the dead are given back at the burial. Whoever is alive has then seen the death, and sees after each wait, and
 *   before each use of what another keeps, whether that one is alive; so nobody is still at work in those pages.
 */
import type { LastingMapping } from "./mapping.ts";
import { HEADER, SLOTS, type Words } from "./words.ts";

/** What stands in a slot. */
export const SLOT = {
  /** Who has it; 0: nobody. */
  number: 0,
  epoch: 1,
  pid: 2,
  /** Where the participant sleeps; rung by a change (`bell.ts`). */
  bell: 3,
  /** In which ways it sleeps (`bell.ts`). */
  sleeping: 4,
  /** The latch that it has or is about to take (`latch.ts`). */
  latch: 5,
  /** Of how many deaths it knows. */
  seen: 6,
  /** The how many'th death its last participant's was, until that is buried. */
  died: 7,
  /** Who that was. */
  last: 8,
  /** Where its waits are noted (`wait_records.ts`). */
  records: 9,
  /** How many of these notes are in use. */
  waits: 10,
  /** Two words that say which pipe wakes its event loop (`wake_pipes.ts`). */
  pipe: 11,
  /** Whether it was rung for all that it waits for. */
  rungForAll: 13,
  /** A bit for each group of addresses for which it was rung (`bell.ts`); one that is left of an earlier participant costs a look. */
  rung: 16,
} as const;

const INDEX_BITS = 9;
const EPOCHS = 2 ** (31 - INDEX_BITS);

/** Called for a participant that has died; again if who called it dies meanwhile. */
type DeathHook = (participant: number) => void;

/** See the head of this file. */
export class Participants {
  /** This process's number. */
  readonly me: number;
  readonly #words: Words;
  readonly #mapping: LastingMapping;
  readonly #hooks: DeathHook[] = [];
  /** The slots that this process is recovering: what it has to wait for meanwhile may make it sweep again. */
  readonly #recovering = new Set<number>();
  readonly #burials: DeathHook[] = [];

  /** @throws {RangeError} if no slot is free. */
  constructor(words: Words, mapping: LastingMapping) {
    this.#words = words;
    this.#mapping = mapping;
    this.me = this.#enter();
  }

  /** Whether it lives, as far as anybody has noticed. */
  isAlive(participant: number): boolean {
    const slot = slotOf(participant);
    return participant > 0 && slot > SLOTS.start &&
      this.#words.load(slot + SLOT.number) === participant;
  }

  /** The number of this process's slot. */
  get slot(): number {
    return this.me & (2 ** INDEX_BITS - 1);
  }

  /** Whether somebody lives who has the slot of that number. */
  isTaken(slot: number): boolean {
    return slot < SLOTS.count &&
      this.#words.load(SLOTS.start + slot * SLOTS.size + SLOT.number) !== 0;
  }

  /** Its process's number in the system. */
  pidOf(participant: number): number {
    return this.#words.load(slotOf(participant) + SLOT.pid);
  }

  /** The address of the word on which it sleeps. */
  bellOf(participant: number): number {
    return slotOf(participant) + SLOT.bell;
  }

  /** The address of the word that says in which ways it sleeps. */
  sleepingOf(participant: number): number {
    return slotOf(participant) + SLOT.sleeping;
  }

  /** The address of the two words that say which pipe wakes its event loop. */
  pipeOf(participant: number): number {
    return slotOf(participant) + SLOT.pipe;
  }

  /** The address of the word that says whether it was rung for all that it waits for. */
  rungForAllOf(participant: number): number {
    return slotOf(participant) + SLOT.rungForAll;
  }

  /** Where the bits begin that say for which groups of addresses it was rung. */
  rungOf(participant: number): number {
    return slotOf(participant) + SLOT.rung;
  }

  /** The address of the word that names the latch which it may hold. */
  latchOf(participant: number): number {
    return slotOf(participant) + SLOT.latch;
  }

  /** The address of the word that says where its waits are noted. */
  recordsOf(participant: number): number {
    return slotOf(participant) + SLOT.records;
  }

  /** The address of the word that says how many of its wait records are in use. */
  waitsOf(participant: number): number {
    return slotOf(participant) + SLOT.waits;
  }

  /** Calls `visit` with each that lives, as {@link Participants.living} but faster. */
  forEach(visit: (participant: number) => void): void {
    const words = this.#words;
    const last = Math.min(words.load(HEADER.lastSlot), SLOTS.count - 1);
    for (let index = 1; index <= last; index++) {
      const number = words.load(SLOTS.start + index * SLOTS.size + SLOT.number);
      if (number !== 0) visit(number);
    }
  }

  /** All that live. */
  *living(): Generator<number> {
    for (const slot of this.#slots()) {
      const number = this.#words.load(slot + SLOT.number);
      if (number !== 0) yield number;
    }
  }

  /**
   * Has `hook` called for each participant that dies, in whichever process notices it first, before anybody takes its number
   * for dead. It may be called twice, and must bear that.
   */
  onDeath(hook: DeathHook): void {
    this.#hooks.push(hook);
  }

  /** Has `hook` called when nobody is still at work with what a dead participant kept. */
  onBurial(hook: DeathHook): void {
    this.#burials.push(hook);
  }

  /** Looks who has died, and says that this process knows; returns whether anybody has. */
  sweep(): boolean {
    let any = false;
    for (const slot of this.#slots()) {
      const number = this.#words.load(slot + SLOT.number);
      if (number !== 0 && number !== this.me) any = this.#recover(slot) || any;
    }
    const deaths = this.#words.load(HEADER.deaths);
    this.#words.store(slotOf(this.me) + SLOT.seen, deaths);
    if (deaths > 0) this.#buryAll();
    return any;
  }

  /** Finds a slot, which is this process's from then on. */
  #enter(): number {
    const words = this.#words;
    for (let index = 1; index < SLOTS.count; index++) {
      const slot = SLOTS.start + index * SLOTS.size;
      if (words.load(slot + SLOT.number) !== 0 || words.load(slot + SLOT.died) !== 0) continue;
      if (!this.#mapping.tryLock(slot)) continue;
      // Only the holder of the lock writes here; another may have come and gone in between.
      if (words.load(slot + SLOT.number) !== 0 || words.load(slot + SLOT.died) !== 0) {
        this.#mapping.unlock(slot);
        continue;
      }
      const epoch = (words.load(slot + SLOT.epoch) + 1) % EPOCHS;
      words.store(slot + SLOT.epoch, epoch);
      words.store(slot + SLOT.pid, Deno.pid);
      words.store(slot + SLOT.sleeping, 0);
      words.store(slot + SLOT.latch, 0);
      words.store(slot + SLOT.records, 0);
      words.store(slot + SLOT.waits, 0);
      words.store(slot + SLOT.seen, words.load(HEADER.deaths));
      for (let last = words.load(HEADER.lastSlot); last < index;) {
        last = words.compareExchange(HEADER.lastSlot, last, index);
      }
      const number = epoch * 2 ** INDEX_BITS + index;
      words.store(slot + SLOT.number, number);
      return number;
    }
    throw new RangeError(
      `Cannot join the memory of the family: ${SLOTS.count - 1} processes have; let some end`,
    );
  }

  /** Takes a participant out if its process has ended. */
  #recover(slot: number): boolean {
    const words = this.#words;
    if (this.#recovering.has(slot) || !this.#mapping.tryLock(slot)) return false;
    this.#recovering.add(slot);
    try {
      const number = words.load(slot + SLOT.number);
      if (number === 0) return false; // another was first
      for (const hook of this.#hooks) hook(number);
      words.store(slot + SLOT.last, number);
      words.store(slot + SLOT.died, words.add(HEADER.deaths, 1) + 1);
      words.store(slot + SLOT.number, 0);
      words.add(HEADER.recovered, 1);
      return true;
    } finally {
      this.#recovering.delete(slot);
      this.#mapping.unlock(slot);
    }
  }

  #buryAll(): void {
    const words = this.#words;
    let seenByAll = words.load(HEADER.deaths);
    for (const each of this.living()) {
      seenByAll = Math.min(seenByAll, words.load(slotOf(each) + SLOT.seen));
    }
    for (const slot of this.#slots()) {
      const died = words.load(slot + SLOT.died);
      if (died === 0 || died > seenByAll || !this.#mapping.tryLock(slot)) continue;
      if (words.load(slot + SLOT.died) === died) {
        const last = words.load(slot + SLOT.last);
        for (const hook of this.#burials) hook(last);
        words.store(slot + SLOT.died, 0);
      }
      this.#mapping.unlock(slot);
    }
  }

  *#slots(): Generator<number> {
    const last = Math.min(this.#words.load(HEADER.lastSlot), SLOTS.count - 1);
    for (let index = 1; index <= last; index++) yield SLOTS.start + index * SLOTS.size;
  }
}

function slotOf(participant: number): number {
  return SLOTS.start + (participant & (2 ** INDEX_BITS - 1)) * SLOTS.size;
}
