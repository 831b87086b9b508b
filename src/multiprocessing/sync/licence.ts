import { lendTo, Lent } from "./lent.ts";

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
export class Licence extends Lent {
  /** How many items have come by it. */
  #received = 0;

  /**
   * Gives the process at `path` one; `null` if that cannot be.
   *
   * @param recall has it back.
   */
  static to(path: string, recall: () => void): Licence | null {
    const opened = lendTo(path, recall);
    return opened && new Licence("licence", opened);
  }

  /** Notes that an item has come. */
  receive(): void {
    this.#received++;
  }

  /** Whether it was recalled, and all has come that the process noted before; more may, from one that lies. */
  get isOver(): boolean {
    return this.isRecalled && this.#received >= this.noted;
  }
}
