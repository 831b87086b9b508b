import type { QueueState } from "../../sync/queue.ts";
import { HEAVIEST, weightOf } from "../objects/weight.ts";
import { lendTo, Lent, type Opened } from "./lent.ts";

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
export class Loan extends Lent {
  /** The items, the oldest first. */
  readonly items: readonly unknown[];

  private constructor(opened: Opened, items: readonly unknown[]) {
    super("loan", opened);
    this.items = items;
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
    const opened = lendTo(path, recall);
    if (opened === null) return null;
    const items: unknown[] = [];
    const most = Math.min(wish, MOST_LENT);
    for (let room = HEAVIEST; state.size > 0 && items.length < most;) {
      // What travels, as a lock, is told of when it is sent: it goes to the process that asks for it.
      room -= weightOf(state.peek());
      if (room < 0) break;
      items.push(state.take());
    }
    if (items.length > 0) return new Loan(opened, items);
    opened.lender.close(opened.number);
    return null;
  }

  /** How many of the items are taken. */
  get taken(): number {
    return Math.min(this.noted, this.items.length);
  }
}
