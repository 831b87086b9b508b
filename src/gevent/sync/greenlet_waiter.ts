import { type Granter, Waiter } from "../../sync/waiter.ts";
import { Wait, type WaitBound, type WaitParts } from "../greenlet/wait.ts";

/** A waiter of gevent: what is served is a {@link Wait}, by greenlets or anybody. */
class GreenletWaiter<T, B> extends Waiter<T, B> implements WaitParts<T> {
  /** What the caller awaits; set before it stands in a line. */
  served: Wait<T> | null = null;

  /** Whether what was granted is done, and is not given back. */
  get stands(): boolean {
    return this.granter.stands === true;
  }

  /** For the wait: what it gives when its timeout has passed. */
  timedOut(): T {
    return this.granter.expired();
  }

  /** For the wait: it has ended otherwise. */
  left(): void {
    this.withdraw();
  }

  /** For the wait: what was granted is taken. */
  handedOver(): void {
    this.conclude();
  }

  /** For the wait: what was granted is not taken, or given back after all, once. */
  givenBack(value: T): void {
    if (this.phase !== "over") this.withdraw();
    else if (this.state === "granted") {
      this.state = "withdrawn";
      this.granter.returned?.(value, this);
    }
  }

  protected override wake(): void {
    if (this.state === "granted") this.served?.grant(this.outcome as T);
    else if (this.state === "failed") this.served?.giveUp(this.outcome);
  }
}

/** What a wait has to do with `granter` that was granted without waiting. */
export function grantedBy<T>(granter: Granter<T>): WaitParts<T> {
  return { givenBack: (value) => granter.returned?.(value, null) };
}

/** A primitive that takes waiters into a line. */
export interface Line<T, B> extends Granter<T> {
  /** Takes the waiter in. */
  enqueue(waiter: Waiter<T, B>): void;
}

/**
 * Begins to wait for `granter`.
 *
 * @param enqueue takes the waiter into the line.
 * @param brought what the waiter brings along.
 */
export function joinLine<T, B>(
  granter: Granter<T>,
  enqueue: (waiter: Waiter<T, B>) => void,
  brought: B,
  bound: WaitBound,
): Wait<T> {
  const waiter = new GreenletWaiter<T, B>(granter, brought);
  const wait = waiter.served = new Wait<T>(waiter, bound);
  // An aborted signal has ended it already.
  if (!wait.done()) enqueue(waiter);
  return wait;
}

/** Begins to wait in the only line of a primitive. */
export function join<T, B>(line: Line<T, B>, brought: B, bound: WaitBound): Wait<T> {
  return joinLine<T, B>(line, (waiter) => line.enqueue(waiter), brought, bound);
}
