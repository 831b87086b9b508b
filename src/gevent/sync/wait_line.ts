import { type Granter, WaiterList } from "../../sync/waiter.ts";
import { joinLine } from "./greenlet_waiter.ts";
import type { Wait, WaitBound } from "../greenlet/wait.ts";

/** The waiters for one thing, in the order of coming; each can leave at once. */
export class WaitLine<T, P = undefined> {
  readonly #waiters = new WaiterList<T, P>();

  /** How many wait. */
  get size(): number {
    return this.#waiters.size;
  }

  /**
   * Begins to wait at the end of the line.
   *
   * @param timedOut what the wait gives, or throws, when its timeout has passed; without it there is no such time.
   * @param givenBack called when what it was given is not taken, because the waiter was killed in between.
   * @param brought what the one who serves it is shown.
   */
  join(
    bound: WaitBound,
    timedOut?: () => T,
    givenBack?: (value: T) => void,
    brought?: P,
  ): Wait<T> {
    const granter: Granter<T> = { expired: timedOut ?? never, returned: givenBack };
    const timeless = timedOut === undefined ? undefined : bound;
    return joinLine<T, P>(granter, (waiter) => this.#waiters.push(waiter), brought as P, timeless);
  }

  /** Takes the first out and lets `serve` say what it gets; `false` when nobody waits. */
  next(serve: (brought: P) => T): boolean {
    const waiter = this.#waiters.shift();
    if (waiter === null) return false;
    waiter.grant(serve(waiter.brought));
    return true;
  }

  /** Serves the first; `false` when nobody waits. */
  serve(value: T): boolean {
    return this.next(() => value);
  }

  /** Serves all. */
  serveAll(value: T): void {
    this.#waiters.grantAll(value);
  }

  /** Ends all waits with an error. */
  fail(error: unknown): void {
    this.#waiters.failAll(() => error);
  }
}

function never(): never {
  throw new RangeError("Cannot end: this wait has no time");
}
