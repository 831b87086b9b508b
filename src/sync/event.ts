import { type Granter, type Waiter, WaiterList } from "./waiter.ts";

/**
 * A flag.
 *
 * | state | enqueue | set                      | clear   |
 * | ----- | ------- | ------------------------ | ------- |
 * | clear | waits   | → set, all are granted   | –       |
 * | set   | –       | –                        | → clear |
 *
 * One that was granted goes on also when the flag is cleared before its turn.
 */
export class EventState implements Granter<boolean> {
  readonly #waiters = new WaiterList<boolean>();
  #set = false;

  /** Whether it is set. */
  get isSet(): boolean {
    return this.#set;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Sets it and grants all. */
  set(): void {
    if (this.#set) return;
    this.#set = true;
    this.#waiters.grantAll(true);
  }

  /** Takes the flag down. */
  clear(): void {
    this.#set = false;
  }

  /** Adds a waiter; only when it is not set. */
  enqueue(waiter: Waiter<boolean>): void {
    this.#waiters.push(waiter);
  }

  /** For a waiter. */
  expired(): boolean {
    return false;
  }
}
