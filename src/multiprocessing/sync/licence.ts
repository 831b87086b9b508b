import { thisNode } from "../objects/node.ts";
import type { Core } from "../objects/served_objects.ts";
import type { Lender } from "../process/ledger.ts";

/**
 * Under which number a process may put without an answer, 0 if it may not; and how much it has noted under that, since its
 * stand-in may be another than the one before.
 */
export type Licensed = readonly [licence: number, noted: number];

/**
 * Leave of a process to put into a queue that is never full, without an answer to each put. The process notes each before
 * it posts it: see `process/ledger.ts`. So a queue that is shut down knows what is on its way.
 *
 *     open ──the queue is shut down, or the notes are long──▶ recalled ──all that is noted has come──▶ over
 *       └──the process hands it in, or has ended──▶ over
 */
export class Licence {
  /** The process that has it. */
  readonly path: string;
  /** Under which it is noted. */
  readonly number: number;
  readonly #lender: Lender;
  /** How many items have come by it. */
  #received = 0;
  /** How many were noted when it was recalled; `null`: it was not, or cannot be. */
  #final: number | null = null;

  private constructor(path: string, number: number, lender: Lender) {
    this.path = path;
    this.number = number;
    this.#lender = lender;
  }

  /**
   * Gives the process at `path` one; `null` if that cannot be.
   *
   * @param recall has it back.
   */
  static to(path: string, recall: () => void): Licence | null {
    const lender = thisNode().lenderTo(path);
    const number = lender?.lend(recall) ?? null;
    return number === null ? null : new Licence(path, number, lender!);
  }

  /** Whether a process that names a licence means this one. */
  is(path: string, number: unknown): boolean {
    return this.path === path && this.number === number;
  }

  /** How many puts are noted under it; when it was recalled, how many of these count. */
  get noted(): number {
    return this.#final ?? this.#lender.taken(this.number);
  }

  /** Notes that an item has come. */
  receive(): void {
    this.#received++;
  }

  /** Has nothing count that the process notes from now on; where that cannot be, the process hands it in. */
  recall(core: Core): void {
    if (this.#final !== null) return;
    const isDone = this.#lender.recall(this.number);
    if (isDone) this.#final = this.noted;
    const what = isDone ? "licenceRecalled" : "licenceRecalling";
    thisNode().post(this.path, core, what, this.number, this.#final);
  }

  /** Whether it was recalled, and all has come that the process noted before; more may, from one that lies. */
  get isOver(): boolean {
    return this.#final !== null && this.#received >= this.#final;
  }

  /** Forgets it. */
  end(): void {
    this.#lender.close(this.number);
  }
}
