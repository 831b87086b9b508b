import { InvalidStateError, NotOwnerError } from "../core/errors.ts";
import { Guard } from "../core/guard.ts";
import { type Granter, type Waiter, WaiterList } from "./waiter.ts";

/**
 * So many tokens, each lent to a borrower of its own.
 *
 * | state         | tryLend(b)                   | enqueue | giveBack(b)              | total changes       |
 * | ------------- | ---------------------------- | ------- | ------------------------ | ------------------- |
 * | tokens free   | lent                         | –       | b: one more, else: error | –                   |
 * | none free     | `null`                       | waits   | the first waiter's       | serves those it can |
 * | b has one     | error                        | –       | –                        | –                   |
 *
 * A borrower that waits twice gets one token, and an error for the second.
 */
export class LimiterState<B> implements Granter<Guard | null> {
  readonly #borrowers = new Set<B>();
  readonly #waiters = new WaiterList<Guard | null, B>();
  #total: number;

  /** Makes one with `total` tokens. */
  constructor(total: number) {
    this.#total = total;
  }

  /** How many tokens there are. */
  get total(): number {
    return this.#total;
  }
  set total(count: number) {
    this.#total = count;
    this.#serve();
  }

  /** Those that have a token. */
  get borrowers(): ReadonlySet<B> {
    return this.#borrowers;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Lends a token if one is free and nobody waits for it; `null` if not.
   *
   * @throws {InvalidStateError} if the borrower has one.
   */
  tryLend(borrower: B): Guard | null {
    if (this.#borrowers.has(borrower)) throw holdsAlready();
    if (this.#borrowers.size >= this.#total || this.#waiters.size > 0) return null;
    return this.#lend(borrower);
  }

  /** Adds a waiter, which brings its borrower; only when `tryLend` gave `null`. */
  enqueue(waiter: Waiter<Guard | null, B>): void {
    this.#waiters.push(waiter);
  }

  /**
   * Takes a token back.
   *
   * @throws {NotOwnerError} if the borrower has none.
   */
  giveBack(borrower: B): void {
    if (!this.#borrowers.delete(borrower)) {
      throw new NotOwnerError(
        "Cannot release: this borrower isn't holding any of this CapacityLimiter's tokens",
      );
    }
    this.#serve();
  }

  /** For a waiter. */
  expired(): null {
    return null;
  }

  /** For a waiter. */
  returned(guard: Guard | null): void {
    guard?.[Symbol.dispose]();
  }

  #lend(borrower: B): Guard {
    this.#borrowers.add(borrower);
    return new Guard(() => this.giveBack(borrower));
  }

  #serve(): void {
    while (this.#borrowers.size < this.#total && this.#waiters.size > 0) {
      const next = this.#waiters.shift()!;
      if (this.#borrowers.has(next.brought)) next.fail(holdsAlready());
      else next.grant(this.#lend(next.brought));
    }
  }
}

function holdsAlready(): InvalidStateError {
  return new InvalidStateError(
    "Cannot acquire: this borrower is already holding one of this CapacityLimiter's tokens",
  );
}
