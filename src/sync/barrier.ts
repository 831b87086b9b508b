import { checkReturned } from "../core/returned.ts";
import { BrokenBarrierError } from "../core/errors.ts";
import { type Granter, type Waiter, WaiterList } from "./waiter.ts";

/**
 * Where a fixed number of parties meet, round after round.
 *
 * | state    | arrive                                | last one arrives             | reset           | abort    |
 * | -------- | ------------------------------------- | ---------------------------- | --------------- | -------- |
 * | filling  | waits                                 | → draining, all are granted  | waiters fail    | → broken |
 * | draining | waits before the door, for the next   | –                            | –               | → broken |
 * | broken   | error                                 | –                            | → filling       | –        |
 *
 * - A round *drains* until each of its parties has had its turn. Those that come meanwhile are of the next round,
 *   which begins after that (`later`): whoever resets the barrier right after its own turn sends away nobody of the
 *   next round.
 * - One that leaves while its round fills leaves the count; where the barrier is *fragile*, it breaks it.
 */
export class BarrierState implements Granter<number | null> {
  /** How many must come together. */
  readonly parties: number;
  readonly #action: (() => void) | undefined;
  readonly #fragile: boolean;
  readonly #later: (work: () => void) => void;
  readonly #filling = new WaiterList<number | null>();
  readonly #atTheDoor = new WaiterList<number | null>();
  /** Parties of the round that drains that have not had their turn. */
  #draining = 0;
  #admissionAhead = false;
  #acting = false;
  #broken = false;

  /**
   * Makes one for so many.
   *
   * @param later runs something soon, after those whose turn it is.
   * @param action called each time all have come, before they go on.
   * @param fragile whether one that leaves, or times out, breaks it.
   */
  constructor(
    parties: number,
    later: (work: () => void) => void,
    action?: () => void,
    fragile = false,
  ) {
    this.parties = parties;
    this.#later = later;
    this.#action = action;
    this.#fragile = fragile;
  }

  /** How many have come to the round that fills. */
  get waiting(): number {
    return this.#filling.size;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Whether one that arrives has to wait although it may be the last. */
  get #closed(): boolean {
    return this.#draining > 0 || this.#atTheDoor.size > 0 || this.#acting;
  }

  /**
   * Arrives without a wait, as the last of a round; returns its number, or `null` if it has to wait.
   *
   * @throws {BrokenBarrierError} if the barrier is broken.
   * @throws what the action throws.
   */
  tryArrive(): number | null {
    if (this.#broken) throw new BrokenBarrierError(BROKEN);
    if (this.#closed || this.#filling.size + 1 < this.parties) return null;
    return this.#open();
  }

  /** Adds a waiter; only when `tryArrive` gave `null`. */
  enqueue(waiter: Waiter<number | null>): void {
    (this.#closed ? this.#atTheDoor : this.#filling).push(waiter);
  }

  /** Sends those of the round that fills away, and makes it whole again. */
  reset(): void {
    this.#broken = false;
    this.#filling.failAll(brokenOrReset);
  }

  /** Breaks it: sends all away, until `reset()`. */
  abort(): void {
    this.#broken = true;
    this.#filling.failAll(brokenOrReset);
    this.#atTheDoor.failAll(brokenOrReset);
  }

  /** For a waiter. */
  expired(): null {
    if (this.#fragile) throw brokenOrReset();
    return null;
  }

  /** For a waiter that leaves. */
  left(waiter: Waiter<number | null>): void {
    if (this.#fragile) this.abort();
    waiter.release();
  }

  /** For a waiter. */
  taken(): void {
    this.#gone();
  }

  /** For a waiter. */
  returned(_index: number | null, waiter: Waiter<number | null> | null): void {
    if (waiter !== null && waiter.phase !== "over") this.#gone();
  }

  /** All have come: grants the waiters, and returns the number of the last. */
  #open(): number {
    const round = [...this.#filling];
    for (const waiter of round) this.#filling.remove(waiter);
    try {
      this.#act();
    } catch (error) {
      for (const waiter of round) waiter.fail(brokenOrReset());
      this.abort();
      throw error;
    }
    if (this.#broken) {
      for (const waiter of round) waiter.fail(brokenOrReset());
      throw brokenOrReset();
    }
    this.#draining = round.length;
    round.forEach((waiter, index) => waiter.grant(index));
    this.#admitLater();
    return round.length;
  }

  #act(): void {
    if (this.#action === undefined) return;
    this.#acting = true;
    try {
      checkReturned(this.#action(), "action");
    } finally {
      this.#acting = false;
    }
  }

  #gone(): void {
    this.#draining--;
    this.#admitLater();
  }

  #admitLater(): void {
    if (this.#draining > 0 || this.#admissionAhead || this.#atTheDoor.size === 0) return;
    this.#admissionAhead = true;
    this.#later(() => this.#admit());
  }

  /** Lets those before the door into the next round. */
  #admit(): void {
    this.#admissionAhead = false;
    while (this.#draining === 0 && this.#atTheDoor.size > 0) {
      const next = this.#atTheDoor.shift()!;
      if (this.#filling.size + 1 < this.parties) {
        this.#filling.push(next);
        continue;
      }
      let index: number;
      try {
        index = this.#open();
      } catch (error) {
        next.fail(error);
        continue;
      }
      this.#draining++;
      next.grant(index);
    }
  }
}

const BROKEN = "Cannot wait for the barrier: it is broken; reset() makes it whole";

function brokenOrReset(): BrokenBarrierError {
  return new BrokenBarrierError("The barrier was broken or reset while this was waiting");
}
