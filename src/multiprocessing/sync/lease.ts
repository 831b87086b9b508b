import { type ClockTimer, realClock } from "../../core/clock.ts";
import { thisNode } from "../objects/node.ts";
import type { Core } from "../objects/served_objects.ts";
import type { Lender } from "../process/ledger.ts";

/** How long a process that has the lease may take the lock again ahead of those that wait, in milliseconds. */
export const SLICE = 1;

/**
 * A lock that a process keeps between its holds. It notes each release and each further hold, in turn: see
 * `process/ledger.ts`. So the home sees at any moment whether the lock is held there, and can have it back.
 *
 *     open ──somebody wants it, or the notes are long; it is not held there──▶ recalled: over, the lock is free
 *       └──somebody wants it, and it is held there──▶ wanted
 *     wanted ──the process gives it up, at a release──▶ over
 *       └──after a slice──▶ recalled: over if it is not held, else at the next release
 *     either ──another process releases the lock, or its process has ended──▶ over
 */
export class Lease {
  /** The process that has it. */
  readonly path: string;
  /** Under which it is noted. */
  readonly number: number;
  readonly #lender: Lender;
  /** How much was noted when it was recalled; `null`: it was not. */
  #final: number | null = null;
  #timer: ClockTimer | null = null;

  private constructor(path: string, number: number, lender: Lender) {
    this.path = path;
    this.number = number;
    this.#lender = lender;
  }

  /**
   * Leases a lock that the process at `path` holds; `null` if that cannot be.
   *
   * @param recall has it back, if it is not held.
   */
  static to(path: string, recall: () => void): Lease | null {
    const lender = thisNode().lenderTo(path);
    const number = lender?.lend(recall) ?? null;
    return number === null ? null : new Lease(path, number, lender!);
  }

  /** Whether a process that names a lease means this one. */
  is(path: string, number: unknown): boolean {
    return this.path === path && this.number === number;
  }

  /** Whether the process holds the lock. */
  get isHeld(): boolean {
    return (this.#final ?? this.#lender.taken(this.number)) % 2 === 0;
  }

  /** Tells the process that somebody waits, and has `due` called after a slice. */
  want(core: Core, due: () => void): void {
    if (this.#timer !== null || this.#final !== null) return;
    this.callAfterSlice(due);
    thisNode().post(this.path, core, "wanted", this.number);
  }

  /** Has `due` called after a slice. */
  callAfterSlice(due: () => void): void {
    this.#timer = realClock.setTimer(() => {
      this.#timer = null;
      due();
    }, SLICE);
  }

  /** Has nothing count that the process notes from now on; returns whether the lock is free, so that the lease is over. */
  recall(core: Core): boolean {
    if (this.#final !== null || !this.#lender.recall(this.number)) return false;
    this.#final = this.#lender.taken(this.number);
    thisNode().post(this.path, core, "recalled", this.number, this.#final);
    return !this.isHeld;
  }

  /** Whether it was recalled. */
  get isRecalled(): boolean {
    return this.#final !== null;
  }

  /** Forgets it. */
  end(): void {
    this.#timer?.cancel();
    this.#lender.close(this.number);
  }
}
