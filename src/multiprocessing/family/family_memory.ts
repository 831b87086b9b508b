import type { Memory, Settle } from "../../shared/memory/memory.ts";
import { MOST_LOOKS, Spin } from "../../shared/parking/spin.ts";
import type { Waiting } from "../../shared/parking/waiting.ts";
import type { Family } from "./family.ts";
import { FamilyWaits } from "./family_waits.ts";
import type { Participants } from "./participants.ts";
import { WaitRecords, type WaitSeen } from "./wait_records.ts";
import type { Words } from "./words.ts";

// What these say of the waits of the dead holds in every process, whichever of them it uses.
import "../../shared/sync/barrier.ts";
import "../../shared/sync/event.ts";

/**
 * The family's memory, for the state machines of `shared/sync`: its parties are the processes that have joined it.
 *
 * What each of them waits for stands in records (`wait_records.ts`), and it sleeps on its bell.
 */
export class FamilyMemory implements Memory {
  readonly me: number;
  readonly family: Family;
  readonly #words: Words;
  readonly #participants: Participants;
  readonly #records: WaitRecords;
  readonly #waits: FamilyWaits;
  readonly #spin: Spin = new Spin(MOST_LOOKS.process);
  readonly #isAlone: boolean;

  constructor(family: Family) {
    const { words, participants, pages, bell } = family;
    this.family = family;
    this.#isAlone = family.isAlone;
    this.me = participants.me;
    this.#words = words;
    this.#participants = participants;
    this.#records = new WaitRecords(words, participants, pages, bell);
    const spin = this.#isAlone ? null : new Spin(MOST_LOOKS.process);
    this.#waits = new FamilyWaits(this, pages, bell, this.#records, spin);
    participants.onDeath((participant) => this.#records.bury(participant, this));
  }

  load(at: number): number {
    return this.#words.load(at);
  }

  store(at: number, value: number): void {
    this.#words.store(at, value);
  }

  swap(at: number, value: number): number {
    return this.#words.swap(at, value);
  }

  compareExchange(at: number, expected: number, value: number): number {
    return this.#words.compareExchange(at, expected, value);
  }

  add(at: number, n: number): number {
    return this.#words.add(at, n);
  }

  isRegistered(identity: number): boolean {
    return this.#participants.isAlive(identity) && !this.#records.isDying(identity);
  }

  nameOf(identity: number): string {
    return this.isRegistered(identity)
      ? `process ${this.#participants.pidOf(identity)}`
      : "a process that has ended";
  }

  spinWhile(at: number, expected: number): boolean {
    return !this.#isAlone && this.#spin.until(() => this.#words.load(at) !== expected);
  }

  unpark(
    at: number,
    count = Infinity,
    settle?: Settle,
    verdict?: "woken" | "refused",
  ): number {
    return this.#records.unpark(at, count, settle, verdict === "refused");
  }

  parkedAt(at: number): number {
    return this.#records.countAt(at);
  }

  block<T>(waiting: Waiting<T>): T {
    return this.#waits.block(waiting);
  }

  /** Waits with a promise; what ends it early is the signal in its bounds. `keep` is not collected meanwhile. */
  run<T>(waiting: Waiting<T>, keep: object): Promise<T> {
    return this.#waits.run(waiting, keep);
  }

  /** Whether a wait of this process with a promise is at `at`. */
  isAwaitedHere(at: number): boolean {
    return this.#waits.isAwaited(at);
  }

  /** All waits of the family; of a process that blocks with a promise beside it, both. */
  allWaits(): WaitSeen[] {
    return this.#records.all();
  }

  /** The number in the system of a participant's process. */
  pidOf(identity: number): number {
    return this.#participants.pidOf(identity);
  }
}
