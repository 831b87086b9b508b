/**
 * How a participant sleeps, and is woken.
 *
 * Each has one word that counts how often it was rung, its bell, whatever it waits for. Whoever changes something that another
 * waits for rings that one's bell; the sleeper then looks itself whether it was meant. So a process sleeps once, however many
 * waits it has, and a death is told to all by ringing all.
 *
 *     waiter:  seq = bell;  ready?  sleeping |= way;  bell still seq?  sleep
 *     ringer:  the change;  rung |= the address's group;  bell += 1;  if (sleeping) wake it, by each way
 *
 * The ringer says what has changed, by the group of its address: so one of ten thousand waits is found without a look at the
 * others. A ringer that is killed before it has said so does no harm: at each death, and now and then, all are looked at.
 *
 * A change after `ready?` adds to the bell after `seq`, and then the waiter does not fall asleep. A process that dies tells
 * nobody: whoever sleeps wakes now and then, and looks who has died.
 *
 *     way        sleeps                                is woken
 *     blocked    by the futex of the bell              by the futex
 *     polling    in the platform's poll, as always     by a byte in its pipe (`wake_pipes.ts`)
 *
 *     the event loop    what changes it
 *     awake             no wait is pending, or nobody is there who could ring
 *     asleep            a wait began; a byte comes: it looks at what it was rung for; its time has passed: at all waits
 */
import { thisNode } from "../objects/node.ts";
import { type ClockTimer, realClock } from "../../core/clock.ts";
import type { LastingMapping, Pipe } from "./mapping.ts";
import type { Participants } from "./participants.ts";
import { WakePipes } from "./wake_pipes.ts";
import { bucketOf, BUCKETS, type Words } from "./words.ts";

/** The longest time before it is looked who has died, and at all waits, in milliseconds. */
const SLICE = 200;
/** So many times as long as a look at all waits takes, the next one is not due. */
const ALL_SHARE = 20;
/** The ways to sleep, as bits. */
const BLOCKED = 1, POLLING = 2;

/** How a blocking wait ended: what it is for has come, its time has passed, or nobody is there who could ever ring. */
export type Rung = "ready" | "late" | "alone";

/**
 * Looks whether what a wait is for has come; if so takes it, and returns `true`: the wait is over.
 *
 * @param again whether nobody has said that it has: somebody may have died who would have.
 */
export type Look = (again: boolean) => boolean;

/** See the head of this file. */
export class Bell {
  readonly #words: Words;
  readonly #mapping: LastingMapping;
  readonly #participants: Participants;
  /** The addresses of this process's own words. */
  readonly #bell: number;
  readonly #sleeping: number;
  readonly #pipes: WakePipes;
  readonly #rung: number;
  readonly #rungForAll: number;
  /** The waits of the event loop, with the groups of their addresses; and by these. */
  readonly #looks = new Map<Look, number>();
  readonly #groups: (Set<Look> | undefined)[] = Array.from({ length: BUCKETS });
  /** When all are looked at again, though nobody has rung for all. */
  #allDue = realClock.now() + SLICE;
  #isAsleep = false;
  /** Ends the sleep of the event loop; that it is to come keeps the process. */
  #slice: ClockTimer | null = null;
  #willLook = false;

  constructor(words: Words, mapping: LastingMapping, participants: Participants, pipe: Pipe) {
    this.#words = words;
    this.#mapping = mapping;
    this.#participants = participants;
    this.#bell = participants.bellOf(participants.me);
    this.#sleeping = participants.sleepingOf(participants.me);
    this.#rung = participants.rungOf(participants.me);
    this.#rungForAll = participants.rungForAllOf(participants.me);
    this.#pipes = new WakePipes(words, mapping, participants, pipe, () => this.#wake());
    thisNode().onKin = () => this.#noteKin();
  }

  /** How many waits of the event loop are pending. */
  get pending(): number {
    return this.#looks.size;
  }

  /** Has a participant look again at what it waits for at `at`; by default at everything. */
  ring(participant: number, at?: number): void {
    const participants = this.#participants;
    if (!participants.isAlive(participant)) return;
    if (at === undefined) this.#words.store(participants.rungForAllOf(participant), 1);
    else {
      const group = bucketOf(at);
      this.#words.setBits(participants.rungOf(participant) + (group >> 5), 1 << (group & 31));
    }
    if (participant === participants.me) return this.#lookSoon();
    this.#words.add(participants.bellOf(participant), 1);
    const sleeping = participants.sleepingOf(participant);
    const ways = this.#words.load(sleeping);
    if ((ways & BLOCKED) !== 0) {
      this.#mapping.futexWake(this.#addressOf(participants.bellOf(participant)));
    }
    if ((ways & POLLING) === 0) return;
    // One byte is enough, whoever writes it.
    if ((this.#words.clearBits(sleeping, POLLING) & POLLING) !== 0) this.#pipes.wake(participant);
  }

  /** Has all look again. */
  ringAll(): void {
    for (const each of this.#participants.living()) this.ring(each);
  }

  /**
   * Begins a wait of the event loop for what is at `at`: `look` is called now, and when that is rung for, until it returns `true`
   * or {@link Bell.leave} takes it out. As long as it is pending and somebody is there who could ring, this process does not end.
   */
  wait(look: Look, at: number): void {
    if (this.#looks.has(look) || look(true)) return;
    const group = bucketOf(at);
    this.#looks.set(look, group);
    (this.#groups[group] ??= new Set()).add(look);
    this.#sleep();
  }

  /** Ends a wait. */
  leave(look: Look): void {
    if (this.#remove(look)) this.#letGo();
  }

  /** Blocks this thread until `ready` returns `true`, or `timeout` milliseconds have passed. */
  waitSync(ready: () => boolean, timeout = Infinity): Rung {
    if (ready()) return "ready";
    const end = timeout === Infinity ? Infinity : realClock.now() + timeout;
    for (;;) {
      const seq = this.#words.load(this.#bell);
      if (ready()) return "ready";
      const left = end === Infinity ? Infinity : end - realClock.now();
      if (left <= 0) return "late";
      if (left === Infinity && this.#isAlone()) return "alone";
      this.#words.setBits(this.#sleeping, BLOCKED);
      this.#mapping.futexWait(this.#addressOf(this.#bell), seq, Math.min(left, SLICE));
      this.#words.clearBits(this.#sleeping, BLOCKED);
      if (this.#words.load(this.#bell) === seq) this.sweep();
    }
  }

  /** Looks who has died, and tells everybody. */
  sweep(): void {
    if (this.#participants.sweep()) this.ringAll();
  }

  /** Whether a blocking wait could never end. */
  #isAlone(): boolean {
    return thisNode().isAlone && !this.#livesAnother();
  }

  /** Whether somebody is there who could ring. */
  #isAccompanied(): boolean {
    return thisNode().hasKin || this.#livesAnother();
  }

  /** Where the children are gone, children of theirs may still be there for a moment, and what they held. */
  #livesAnother(): boolean {
    for (const each of this.#participants.living()) {
      if (each !== this.#participants.me) return true;
    }
    return false;
  }

  /** Looks at all waits, and sleeps while some are left. */
  #sleep(): void {
    while (!this.#isAsleep && this.#looks.size > 0 && this.#isAccompanied()) {
      const seq = this.#words.load(this.#bell);
      this.#look(); // at what came before `seq`
      if (this.#isAsleep || this.#looks.size === 0) return;
      this.#words.setBits(this.#sleeping, POLLING);
      if (this.#words.load(this.#bell) === seq) this.#fallAsleep();
      else this.#words.clearBits(this.#sleeping, POLLING);
    }
  }

  #fallAsleep(): void {
    this.#isAsleep = true;
    this.#slice = realClock.setTimer(() => {
      this.#rise();
      this.sweep();
      this.#look();
      this.#sleep();
    }, SLICE);
  }

  #rise(): void {
    this.#isAsleep = false;
    this.#slice?.cancel();
    this.#slice = null;
    this.#words.clearBits(this.#sleeping, POLLING);
  }

  /** There was a byte: maybe for a sleep that has ended. */
  #wake(): void {
    if (!this.#isAsleep) return;
    this.#rise();
    this.#look();
    this.#sleep();
  }

  /** Looks at the waits for which it was rung; at all of them at a ring for all, and now and then. */
  #look(): void {
    const words = this.#words;
    const isDue = realClock.now() >= this.#allDue;
    if (isDue || words.load(this.#rungForAll) !== 0) return this.#lookAll();
    for (let word = 0; word < BUCKETS / 32; word++) {
      if (words.load(this.#rung + word) === 0) continue;
      let bits = words.swap(this.#rung + word, 0);
      for (; bits !== 0; bits &= bits - 1) {
        const group = this.#groups[word * 32 + 31 - Math.clz32(bits & -bits)];
        if (group !== undefined) this.#lookAt(group, false);
      }
    }
  }

  #lookAll(): void {
    this.#words.store(this.#rungForAll, 0);
    for (let i = 0; i < BUCKETS / 32; i++) this.#words.store(this.#rung + i, 0);
    const began = realClock.now();
    this.#lookAt(this.#looks.keys(), true);
    const ended = realClock.now();
    this.#allDue = ended + Math.max(SLICE, ALL_SHARE * (ended - began));
  }

  #lookAt(looks: Iterable<Look>, again: boolean): void {
    for (const look of looks) if (look(again)) this.#remove(look);
  }

  /** Whether it was there. */
  #remove(look: Look): boolean {
    const group = this.#looks.get(look);
    if (group === undefined) return false;
    this.#looks.delete(look);
    this.#groups[group]!.delete(look);
    return true;
  }

  /** What this process changes itself it sees in the next microtask. */
  #lookSoon(): void {
    if (this.#willLook || this.#looks.size === 0) return;
    this.#willLook = true;
    queueMicrotask(() => {
      this.#willLook = false;
      this.#look();
      this.#letGo();
    });
  }

  /** Ends the sleep if nobody needs it any more. */
  #letGo(): void {
    if (this.#isAsleep && (this.#looks.size === 0 || !this.#isAccompanied())) this.#rise();
  }

  /** A process of the family has come or ended. */
  #noteKin(): void {
    this.sweep();
    this.#lookAll();
    this.#letGo();
    this.#sleep();
  }

  #addressOf(at: number): number {
    return this.#mapping.address + at * 4;
  }
}
