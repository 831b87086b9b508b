import { InvalidStateError } from "../../core/errors.ts";
import { noteUnretrieved, strikeRetrieved } from "../../core/unretrieved.ts";
import type { Waitable } from "../greenlet/arrivals.ts";
import { checkGreenlet, type Greenlet, type LinkTarget } from "../greenlet/greenlet.ts";
import { Links } from "../greenlet/links.ts";
import { Timeout } from "../greenlet/timeout.ts";
import { boundsOf, Wait, type WaitBound } from "../greenlet/wait.ts";
import { OutcomeState } from "../../sync/outcome.ts";
import { joinLine } from "./greenlet_waiter.ts";

/**
 * A value, or an error, that one greenlet gives and any number take.
 *
 * - `get()` waits for it and throws the error; `wait()` waits and returns `null` for an error.
 * - Setting it again replaces what it had, for those who come later.
 * - A greenlet can be linked to it: `greenlet.link(result)` sets it to how that greenlet ends.
 *
 * Not like gevent: it is no promise; `await result.get()`.
 *
 * Source: `gevent.event.AsyncResult`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { AsyncResult, spawn } from "@quartet/concurrency/gevent";
 *
 * const result = new AsyncResult<number>();
 * spawn(() => 6 * 7).link(result);
 * assertEquals(await result.get(), 42);
 * ```
 */
export class AsyncResult<T = unknown> implements Waitable, LinkTarget<T> {
  readonly #state = new OutcomeState<T>();
  readonly #links = new Links(() => this.ready());

  /** Whether it was set. */
  ready(): boolean {
    return this.#state.outcome !== null;
  }

  /** Whether it was set to a value. */
  successful(): boolean {
    return this.#state.outcome?.failed === false;
  }

  /** The value; `null` before, and when it is an error. */
  get value(): T | null {
    const { outcome } = this.#state;
    return outcome === null || outcome.failed ? null : outcome.value;
  }

  /** The error; `null` if there is none. */
  get exception(): unknown {
    strikeRetrieved(this);
    const { outcome } = this.#state;
    return outcome?.failed ? outcome.error : null;
  }

  /** Gives the value to all waiters, and to those who come. */
  set(...value: undefined extends T ? [value?: T] : [value: T]): void {
    const [given] = value as [T];
    strikeRetrieved(this);
    this.#state.set(given);
    this.#links.call();
  }

  /** Gives the error to all waiters, and to those who come. */
  setException(error: unknown): void {
    if (this.#state.takers === 0) {
      noteUnretrieved(this, error, "AsyncResult failed, nobody looked");
    }
    this.#state.fail(error);
    this.#links.call();
  }

  /** Sets it to how `greenlet` has ended: what `greenlet.link(result)` does. */
  accept(greenlet: Greenlet<T>): void {
    checkGreenlet(greenlet);
    if (!greenlet.dead) {
      throw new InvalidStateError("Cannot take the greenlet's result: it has not ended");
    }
    if (greenlet.successful()) (this.set as (value: unknown) => void)(greenlet.value);
    else this.setException(greenlet.exception);
  }

  /**
   * Waits until it is set and returns the value.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`; with `block: false` it does not wait.
   * @throws {Timeout} if the timeout has passed, or it is not set and `block` is `false`.
   * @throws the error that it was set to.
   */
  get(bound?: WaitBound): Wait<T> {
    const { timeout, block = true } = boundsOf(bound);
    const state = this.#state;
    if (state.outcome !== null) {
      strikeRetrieved(this);
      return state.outcome.failed
        ? Wait.failed(state.outcome.error)
        : Wait.given(state.outcome.value);
    }
    if (!block) return Wait.failed(new Timeout(0));
    const expired = (): never => {
      throw new Timeout(timeout ?? null);
    };
    return joinLine<T, unknown>({ expired }, (waiter) => state.enqueueTaker(waiter), null, bound);
  }

  /**
   * The value, at once.
   *
   * @throws {Timeout} if it is not set.
   * @throws the error that it was set to.
   */
  getNowait(): T {
    const { outcome } = this.#state;
    if (outcome === null) throw new Timeout(0);
    strikeRetrieved(this);
    if (outcome.failed) throw outcome.error;
    return outcome.value;
  }

  /**
   * Waits until it is set and returns the value; `null` for an error, or when the timeout has passed.
   *
   * @param bound milliseconds, or `{ timeout, signal }`.
   */
  wait(bound?: WaitBound): Wait<T | null> {
    if (this.ready()) return Wait.given(this.value);
    const state = this.#state;
    const expired = (): null => null;
    return joinLine<T | null, unknown>(
      { expired },
      (waiter) => state.enqueueWatcher(waiter),
      null,
      bound,
    );
  }

  /** Has `link` called when it is set; soon if it is. */
  rawlink(link: () => void): void {
    this.#links.add(link);
  }

  /** Takes that back. */
  unlink(link: () => void): void {
    this.#links.remove(link);
  }

  /** Whether it is set and how many wait, as a frozen record. */
  statistics(): { readonly ready: boolean; readonly waiting: number } {
    return Object.freeze({ ready: this.ready(), waiting: this.#state.waiting });
  }
}
