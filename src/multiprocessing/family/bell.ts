/**
 * How a participant sleeps, and is woken.
 *
 * Each has one word that counts how often it was rung, its bell, whatever it waits for. Whoever changes something that another
 * waits for rings that one's bell; the sleeper then looks itself whether it was meant. So a process sleeps once, however many
 * waits it has, and a death is told to all by ringing all.
 *
 *     waiter:  seq = bell;  ready?  sleeping |= way;  bell still seq?  sleep
 *     ringer:  the change;  bell += 1;  if (sleeping) wake it, by each way
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
 *     asleep            a wait began; a byte comes or its time has passed: then all waits are looked at
 */
import { thisNode } from "../objects/node.ts";
import { type ClockTimer, realClock } from "../../core/clock.ts";
import type { LastingMapping, Pipe } from "./mapping.ts";
import type { Participants } from "./participants.ts";
import { WakePipes } from "./wake_pipes.ts";
import type { Words } from "./words.ts";

/** The longest sleep before it is looked who has died, in milliseconds. */
const SLICE = 200;
/** The ways to sleep, as bits. */
const BLOCKED = 1, POLLING = 2;

/** Looks whether what a wait is for has come; if so takes it, and returns `true`: the wait is over. */
export type Look = () => boolean;

/** See the head of this file. */
export class Bell {
  readonly #words: Words;
  readonly #mapping: LastingMapping;
  readonly #participants: Participants;
  /** The addresses of this process's own words. */
  readonly #bell: number;
  readonly #sleeping: number;
  readonly #pipes: WakePipes;
  readonly #looks = new Set<Look>();
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
    this.#pipes = new WakePipes(words, mapping, participants, pipe, () => this.#wake());
    thisNode().onKin = () => this.#noteKin();
  }

  /** How many waits of the event loop are pending. */
  get pending(): number {
    return this.#looks.size;
  }

  /** Has a participant look again at what it waits for. */
  ring(participant: number): void {
    const participants = this.#participants;
    if (participant === participants.me) return this.#lookSoon();
    if (!participants.isAlive(participant)) return;
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
   * Begins a wait of the event loop: `look` is called now, and at each ring until it returns `true` or {@link Bell.leave} takes
   * it out. As long as it is pending and somebody is there who could ring, this process does not end.
   */
  wait(look: Look): void {
    if (this.#looks.has(look) || look()) return;
    this.#looks.add(look);
    this.#sleep();
  }

  /** Ends a wait. */
  leave(look: Look): void {
    if (this.#looks.delete(look)) this.#letGo();
  }

  /**
   * Blocks this thread until `ready` returns `true`; `false` when `timeout` milliseconds have passed first.
   */
  waitSync(ready: () => boolean, timeout = Infinity): boolean {
    if (ready()) return true;
    const end = timeout === Infinity ? Infinity : realClock.now() + timeout;
    for (;;) {
      const seq = this.#words.load(this.#bell);
      if (ready()) return true;
      const left = end === Infinity ? Infinity : end - realClock.now();
      if (left <= 0) return false;
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

  /** Looks at all waits, and sleeps while some are left. */
  #sleep(): void {
    while (!this.#isAsleep && this.#looks.size > 0 && thisNode().hasKin) {
      const seq = this.#words.load(this.#bell);
      this.#lookAll(); // at what came before `seq`
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
      this.#lookAll();
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
    this.#lookAll();
    this.#sleep();
  }

  #lookAll(): void {
    for (const look of this.#looks) if (look()) this.#looks.delete(look);
  }

  /** What this process changes itself it sees in the next microtask. */
  #lookSoon(): void {
    if (this.#willLook || this.#looks.size === 0) return;
    this.#willLook = true;
    queueMicrotask(() => {
      this.#willLook = false;
      this.#lookAll();
      this.#letGo();
    });
  }

  /** Ends the sleep if nobody needs it any more. */
  #letGo(): void {
    if (this.#isAsleep && (this.#looks.size === 0 || !thisNode().hasKin)) this.#rise();
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
