import {
  Grant,
  granted,
  putBehind,
  type Source,
  waitBehind,
  type Withdrawable,
} from "../../core/withdrawal/withdrawable.ts";
import { InvalidStateError, NotOwnerError } from "../../core/errors.ts";
import { current } from "../loop/running_loop.ts";
import { LoopFuture } from "./loop_future.ts";
import { TakenWait } from "./taken_wait.ts";
import type { Loop } from "../loop/contract.ts";

/**
 * A promise to which generator coroutines can delegate: `await` it in an async function, `yield*` it in a generator.
 *
 * What the waits of this package return. It can be cancelled by what it is given to: `waitFor`, `race`, `gather`,
 * `createTask` and their like find the wait behind it, so that giving up gives the place up too. One that was begun
 * and is not awaited does not end the program when it fails.
 */
export interface Eventual<T> extends Promise<T> {
  /** For `yield*`. */
  [Symbol.iterator](): Generator<unknown, T, unknown>;
}

/** A wait of an event loop behind an eventual: its future is made for the first that asks. */
export interface LoopWait<T> extends Withdrawable<T> {
  /** Takes the wait over from the task that began it. */
  takeOver(): LoopFuture<T>;
}

/** One `yield* promise`: yields the promise, then returns what the driver sends for it. */
class PromiseDelegation<T> implements Iterator<unknown, T, unknown> {
  readonly #promise: Promise<T>;
  #yielded = false;

  constructor(promise: Promise<T>) {
    this.#promise = promise;
  }

  next(sent: unknown): IteratorResult<unknown, T> {
    if (this.#yielded) return { value: sent as T, done: true };
    this.#yielded = true;
    return { value: this.#promise, done: false };
  }

  throw(error: unknown): never {
    throw error;
  }

  return(value: T): IteratorResult<unknown, T> {
    return { value, done: true };
  }
}

function delegate<T>(this: Promise<T>): Generator<unknown, T, unknown> {
  return new PromiseDelegation(this) as unknown as Generator<unknown, T, unknown>;
}

/** A future that has its value already, and can give it back to what granted it. */
class GrantedFuture<T> extends LoopFuture<T> {
  readonly #grant: Withdrawable<T>;

  constructor(value: T, grant: Withdrawable<T>) {
    super();
    this.#grant = grant;
    this.setResult(value);
  }

  override get handsOver(): boolean {
    return true;
  }

  override giveBack(): void {
    this.#grant.giveBack(this.result());
  }
}

/**
 * Makes the promise of a wait an {@link Eventual}.
 *
 * It stays a bare promise with properties of its own: `await` takes a bare promise as it is, while for
 * a subclass or a thenable it makes two more turns (measured: 16 ns against 60 and 100).
 */
export function eventual<T>(promise: Promise<T>, behind: Withdrawable<T>): Eventual<T> {
  (promise as Eventual<T>)[Symbol.iterator] = delegate;
  putBehind(promise, behind);
  return promise as Eventual<T>;
}

/** Where a value goes back to that nobody misses. */
const NOWHERE: Source<unknown> = { stands: true };

/**
 * What has its value already; a generator coroutine takes it without a turn of the loop.
 *
 * @param source where the value goes back to if nobody takes it; `null` for one that nobody misses.
 */
export function settled<T>(value: T, source: Source<T> | null = null): Eventual<T> {
  source ??= NOWHERE;
  if (current.generator) return new GrantedFuture(value, new Grant(value, source));
  const promise = granted(value, source) as Eventual<T>;
  promise[Symbol.iterator] = delegate;
  return promise;
}

/** What a call has failed with that could not be meant; any other failure is how a wait ended. */
const MISTAKES = [TypeError, RangeError, NotOwnerError, InvalidStateError];

/**
 * What has failed already: a wait that was over as it began is as one that ends so later, which ends no program when
 * nobody awaits it. A mistake of the caller does.
 */
export function failed<T>(error: unknown): Eventual<T> {
  const promise = Promise.reject(error) as Eventual<T>;
  promise[Symbol.iterator] = delegate;
  if (!MISTAKES.some((mistake) => error instanceof mistake)) promise.catch(nothing);
  return promise;
}

function nothing(): void {
  // What a wait throws is thrown where it is awaited.
}

/**
 * The future in `loop` that stands for a promise with a wait behind it, which is the taker's from now on; `null` for any
 * other promise.
 */
export function takeOver<T>(work: PromiseLike<T>, loop?: Loop): LoopFuture<T> | null {
  const behind = waitBehind<T>(work);
  if (behind === null) return null;
  if (behind instanceof Grant) return new GrantedFuture<T>(behind.value, behind);
  if ("takeOver" in behind) return (behind as LoopWait<T>).takeOver();
  return new TakenWait(work, behind, loop);
}
