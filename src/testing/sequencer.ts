import { show } from "../core/check.ts";
import { InvalidStateError } from "../core/errors.ts";
import { Future } from "../core/future.ts";
import { Guard } from "../core/guard.ts";

/** What {@linkcode Sequencer.statistics} tells. */
export interface SequencerStatistics {
  /** The position whose turn it is. */
  readonly next: number;
  /** The positions that wait for their turn, in order. */
  readonly waitingAt: readonly number[];
  /** Whether one gave up, so that nobody behind it can ever have its turn. */
  readonly broken: boolean;
}

/**
 * Forces an order on code that runs side by side: position 0 first, then 1, then 2.
 *
 * - `at(n)` waits until the block of position `n - 1` is left; leaving the block is disposing the guard.
 * - Each position is taken once.
 * - When a waiter gives up (its future is cancelled), the sequence is broken: all that wait and will wait
 *   get `InvalidStateError`, since their turn could never come.
 *
 * Source: trio's `testing.Sequencer`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Sequencer } from "@quartet/concurrency/testing";
 *
 * const order: string[] = [];
 * const sequencer = new Sequencer();
 *
 * async function late() {
 *   using _ = await sequencer.at(1);
 *   order.push("second, though called first");
 * }
 * async function early() {
 *   using _ = await sequencer.at(0);
 *   order.push("first");
 * }
 * await Promise.all([late(), early()]);
 * assertEquals(order, ["first", "second, though called first"]);
 * ```
 */
export class Sequencer {
  readonly #waiting = new Map<number, Future<Guard>>();
  readonly #claimed = new Set<number>();
  #next = 0;
  #broken = false;

  /**
   * Waits for the turn of `position`; dispose the guard to give the turn to the next one.
   *
   * @throws {RangeError} if `position` is no whole number of 0 or more.
   * @throws {InvalidStateError} if `position` was taken already, or the sequence is broken.
   */
  at(position: number): Future<Guard> {
    if (!Number.isInteger(position) || position < 0) {
      throw new RangeError(
        `Cannot take position ${show(position)}: give a whole number of 0 or more`,
      );
    }
    if (this.#claimed.has(position)) {
      throw new InvalidStateError(`Cannot take position ${position}: it was taken before`);
    }
    if (this.#broken) throw brokenAt(position);
    this.#claimed.add(position);
    const turn = new Future<Guard>();
    if (position === this.#next) {
      turn.setResult(this.#guard());
    } else {
      this.#waiting.set(position, turn);
      turn.addDoneCallback(() => turn.cancelled() && this.#break(position));
    }
    return turn;
  }

  /** Returns a snapshot of its waiters. */
  statistics(): SequencerStatistics {
    return Object.freeze({
      next: this.#next,
      waitingAt: Object.freeze([...this.#waiting.keys()].sort((a, b) => a - b)),
      broken: this.#broken,
    });
  }

  #guard(): Guard {
    return new Guard(() => {
      const next = this.#waiting.get(++this.#next);
      this.#waiting.delete(this.#next);
      next?.setResult(this.#guard());
    });
  }

  #break(position: number): void {
    this.#broken = true;
    this.#waiting.delete(position);
    for (const [other, turn] of this.#waiting) {
      this.#waiting.delete(other);
      if (!turn.done()) turn.setException(brokenAt(other));
    }
  }
}

function brokenAt(position: number): InvalidStateError {
  return new InvalidStateError(
    `Cannot take position ${position}: the sequence is broken, since a waiter before gave up`,
  );
}
