import { offAbort, onAbort } from "../../core/abort.ts";
import { checkDelay } from "../../core/check.ts";
import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { WaitList, WaitNode } from "../../core/collections/wait_list.ts";
import type { Caller } from "../objects/served_objects.ts";

/** One that waits; it leaves from wherever it stands at once. */
class Waiter<T> extends WaitNode<Waiter<T>> {
  constructor(
    readonly caller: Caller,
    readonly give: (value: T) => void,
    readonly refuse: (error: unknown) => void,
  ) {
    super();
  }
}

/** Those who wait for one thing in its home, first come, first served. */
export class Waiters<T> {
  readonly #line = new WaitList<Waiter<T>>();

  /** How many wait. */
  get size(): number {
    return this.#line.size;
  }

  /**
   * Waits to be given something; `null` when the timeout passes first.
   *
   * Rejects with the signal's reason when the caller takes the question back or its process ends.
   */
  wait(caller: Caller, timeout: number | null = null): Promise<T | null> {
    if (timeout !== null) checkDelay(timeout, "timeout"); // another process may say anything
    if (timeout !== null && timeout <= 0) return Promise.resolve(null);
    const { signal } = caller;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      let timer: ClockTimer | null = null;
      const leave = (): void => {
        timer?.cancel();
        offAbort(signal, stop);
      };
      const give = (value: T): void => (leave(), resolve(value));
      const refuse = (error: unknown): void => (leave(), reject(error));
      const waiter = new Waiter(caller, give, refuse);
      const stop = (): void => {
        leave();
        this.#line.remove(waiter);
        reject(signal.reason);
      };
      if (timeout !== null) {
        timer = setTimer(() => {
          leave();
          this.#line.remove(waiter);
          resolve(null);
        }, timeout);
      }
      onAbort(signal, stop);
      this.#line.push(waiter);
    });
  }

  /** Gives the first one `value` and answers who it was. */
  wake(value: T): Caller | undefined {
    const waiter = this.#line.shift();
    waiter?.give(value);
    return waiter?.caller;
  }

  /** Has everyone's wait fail. */
  refuseAll(error: () => unknown): void {
    for (let next = this.#line.shift(); next !== null; next = this.#line.shift()) {
      next.refuse(error());
    }
  }

  /** Gives everyone `value`. */
  wakeAll(value: T): void {
    while (this.#line.size > 0) this.wake(value);
  }
}
