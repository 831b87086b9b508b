/**
 * How a participant sleeps, and is woken.
 *
 * Each has one word on which it sleeps, its bell, whatever it waits for. Whoever changes something that another waits for rings
 * that one's bell; the sleeper then looks itself whether it was meant. So a process has one call of the system that sleeps,
 * however many waits it has, and a death is told to all by ringing all.
 *
 *     waiter:  seq = bell;  ready?  sleeping = 1;  futexWait(bell, seq)
 *     ringer:  the change;  bell += 1;  if (sleeping) futexWake(bell)
 *
 * A change after `ready?` adds to the bell after `seq`, and then the system lets nobody fall asleep. A process that dies tells
 * nobody: whoever sleeps wakes now and then, and looks who has died.
 *
 *     the call of an event loop     what changes it
 *     none                          no wait is pending, or nobody is there who could ring
 *     asleep                        a wait began; it is rung, or its time has passed: then all waits are looked at
 *     asleep, and of no use         the last wait has ended: this process rings itself
 */
import { thisNode } from "../objects/node.ts";
import { realClock } from "../../core/clock.ts";
import { noteEnding } from "../../core/parts.ts";
import type { LastingMapping } from "./mapping.ts";
import type { Participants } from "./participants.ts";
import type { Words } from "./words.ts";

/** The longest sleep before it is looked who has died, in milliseconds. */
const SLICE = 200;

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
  readonly #looks = new Set<Look>();
  /** What ends the last waits, once the call has ended. */
  readonly #ends: (() => void)[] = [];
  #isAsleep = false;
  /** The call that sleeps, or slept last. */
  #call: Promise<void> = Promise.resolve();
  #willLook = false;

  constructor(words: Words, mapping: LastingMapping, participants: Participants) {
    this.#words = words;
    this.#mapping = mapping;
    this.#participants = participants;
    this.#bell = participants.bellOf(participants.me);
    this.#sleeping = participants.sleepingOf(participants.me);
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
    if (this.#words.load(participants.sleepingOf(participant)) === 0) return;
    this.#mapping.futexWake(this.#addressOf(participants.bellOf(participant)));
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
   * Calls `end`, which ends a wait that was left: now, but after the last wait once the call that slept for it has ended. So
   * nobody whose waits are over leaves a call behind.
   */
  settle(end: () => void): void {
    if (this.#isAsleep && this.#looks.size === 0) this.#ends.push(end);
    else end();
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
      this.#words.store(this.#sleeping, 1);
      this.#mapping.futexWait(this.#addressOf(this.#bell), seq, Math.min(left, SLICE));
      if (!this.#isAsleep) this.#words.store(this.#sleeping, 0);
      if (this.#words.load(this.#bell) === seq) this.sweep();
    }
  }

  /** Looks who has died, and tells everybody. */
  sweep(): void {
    if (this.#participants.sweep()) this.ringAll();
  }

  /** Looks at all waits, and sleeps while some are left. */
  #sleep(): void {
    if (this.#isAsleep || this.#looks.size === 0 || !thisNode().hasKin) return;
    const seq = this.#words.load(this.#bell);
    this.#lookAll(); // at what came before `seq`
    if (this.#isAsleep || this.#looks.size === 0) return;
    this.#isAsleep = true;
    this.#words.store(this.#sleeping, 1);
    this.#call = this.#mapping.futexWaitAsync(this.#addressOf(this.#bell), seq, SLICE).then(() => {
      this.#isAsleep = false;
      this.#words.store(this.#sleeping, 0);
      if (this.#words.load(this.#bell) === seq) this.sweep();
      for (const end of this.#ends.splice(0)) end();
      this.#lookAll();
      this.#sleep();
    });
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

  /** Ends the call that sleeps if nobody needs it any more. */
  #letGo(): void {
    if (!this.#isAsleep || (this.#looks.size > 0 && thisNode().hasKin)) return;
    noteEnding(this.#call);
    this.#words.add(this.#bell, 1);
    this.#mapping.futexWake(this.#addressOf(this.#bell));
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
