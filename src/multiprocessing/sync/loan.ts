import type { QueueState } from "../../sync/queue.ts";
import { thisNode } from "../objects/node.ts";
import type { Core } from "../objects/served_objects.ts";
import { HEAVIEST, weightOf } from "../objects/weight.ts";
import type { Lender } from "../process/ledger.ts";

/** The most items of one loan. */
export const MOST_LENT = 512;

/**
 * Items of a queue that were sent to a process ahead of its asking. They stay the queue's until that process takes them.
 *
 *     lent ──all taken──▶ over
 *       └──somebody asks, or puts an item back, or the notes are long──▶ recalled: over, the rest is the queue's next again
 *       └──the process has ended, or returns it──▶ over, the same
 *
 * So there is one loan of a queue at a time, always of its oldest items: whoever asks next gets what was not taken of it.
 */
export class Loan {
  /** The process that has it. */
  readonly path: string;
  /** Under which it is noted. */
  readonly number: number;
  /** The items, the oldest first. */
  readonly items: readonly unknown[];
  readonly #lender: Lender;
  /** How many were taken when it was recalled; `null`: it was not. */
  #final: number | null = null;

  private constructor(path: string, number: number, items: readonly unknown[], lender: Lender) {
    this.path = path;
    this.number = number;
    this.items = items;
    this.#lender = lender;
  }

  /**
   * Lends the next items of a queue to the process at `path`; `null` if there are none that can be lent to it.
   *
   * @param wish how many at most.
   * @param recall has it back.
   */
  static of(
    state: QueueState<unknown>,
    path: string,
    wish: number,
    recall: () => void,
  ): Loan | null {
    if (!Number.isSafeInteger(wish) || wish < 1 || state.size === 0) return null;
    const lender = thisNode().lenderTo(path);
    const number = lender?.lend(recall) ?? null;
    if (number === null) return null;
    const items: unknown[] = [];
    const most = Math.min(wish, MOST_LENT);
    for (let room = HEAVIEST; state.size > 0 && items.length < most;) {
      // What travels, as a lock, is told of when it is sent: it goes to the process that asks for it.
      room -= weightOf(state.peek());
      if (room < 0) break;
      items.push(state.take());
    }
    if (items.length > 0) return new Loan(path, number, items, lender!);
    lender!.close(number);
    return null;
  }

  /** How many of the items are taken. */
  get taken(): number {
    return this.#final ?? Math.min(this.#lender.taken(this.number), this.items.length);
  }

  /** Has the process take no more from now on, and tells it how many it has; returns whether that can be done. */
  recall(core: Core): boolean {
    const isDone = this.#lender.recall(this.number);
    // What is noted from here on is noted too late, and the process is told so.
    if (isDone) this.#final = this.taken;
    thisNode().post(this.path, core, isDone ? "recalled" : "recalling", this.number, this.#final);
    return isDone;
  }

  /** Forgets it: what was not taken by now is the queue's. */
  end(): void {
    this.#lender.close(this.number);
  }
}
