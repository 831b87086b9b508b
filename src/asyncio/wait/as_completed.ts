import { PulledItems } from "../../core/mapping/pulled_items.ts";
import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { TimeoutError } from "../../core/errors.ts";
import type { Awaitable } from "../task/awaitable.ts";
import { ensureFuture } from "../task/ensure_future.ts";
import type { TimerHandle } from "../loop/handles.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import type { LoopFuture } from "../task/loop_future.ts";
import { Operation } from "../task/operation.ts";
import { Queue } from "../sync/queue.ts";
import { several } from "./wait.ts";
import type { Loop } from "../loop/contract.ts";

/** What `asCompleted` returns: each that ends is given once, whichever way and however often it is iterated. */
export interface Completions<T> extends Iterable<LoopFuture<T>>, AsyncIterable<LoopFuture<T>> {}

/**
 * Gives what it is given, each as it ends.
 *
 * - `for await (const task of asCompleted(tasks))`: the tasks themselves, in the order in which they end;
 *   coroutines and functions are made tasks of.
 * - `for (const next of asCompleted(tasks))`: futures, of which the first ends as the first task ends,
 *   and so on. That is the form for generator coroutines (`yield* next`).
 * - One that failed is thrown where it is awaited; the loop can go on. One that was left can be taken up by another.
 *
 * Not like Python: the futures are tied to their places, so the first ends with what ends first, whichever of them is
 * awaited first.
 *
 * Source: Python's `asyncio.as_completed`.
 *
 * @param options.timeout milliseconds for all of it; then `TimeoutError` is thrown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { asCompleted, run, sleep } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   const seen: string[] = [];
 *   const work = [() => sleep(6, "slow"), () => sleep(1, "fast")];
 *   for await (const task of asCompleted(work)) seen.push(await task);
 *   assertEquals(seen, ["fast", "slow"]);
 * });
 * ```
 */
export function asCompleted<T>(
  work: Iterable<Awaitable<T>>,
  options: { timeout?: number } = {},
): Completions<T> {
  checkWaitOptions(options, "asCompleted()");
  return new Completing<T>(runningOrDefaultLoop(), several(work, "asCompleted"), options.timeout);
}

/** Ends an iteration. */
const NOTHING_LEFT = new Error("All have ended");

/** One that has ended, boxed: a promise of a future would be a promise of its result. */
interface Ended<T> {
  readonly future: LoopFuture<T>;
}

class Completing<T> implements Completions<T> {
  readonly #loop: Loop;
  readonly #ended = new Queue<Ended<T> | null>();
  readonly #left = new Set<LoopFuture<T>>();
  /** The moment at which the timeout has passed. */
  readonly #end: number;
  #timer: TimerHandle | null = null;
  /** Whether the ends are noted: only while somebody reads, so that nothing is kept of an iteration that was left. */
  #watching = false;
  #toCome: number;

  constructor(loop: Loop, work: readonly Awaitable<T>[], timeout: number | undefined) {
    this.#loop = loop;
    for (const each of work) this.#left.add(ensureFuture<T>(each, loop));
    this.#toCome = this.#left.size;
    this.#end = timeout === undefined ? Infinity : loop.time() + timeout;
    this.#watch();
  }

  *[Symbol.iterator](): Iterator<LoopFuture<T>> {
    try {
      while (this.#toCome > 0) {
        this.#toCome--;
        this.#watch();
        yield new Operation<T>(this.#loop, runningTask(), this.#outcomeOfNext());
      }
    } finally {
      this.#rest();
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<LoopFuture<T>> {
    const items = new PulledItems<Ended<T>>(async (options) => {
      if (this.#toCome === 0) throw NOTHING_LEFT;
      this.#toCome--;
      this.#watch();
      const ended = await this.#next(options);
      if (ended === null) throw this.#tooLate();
      return ended;
    }, (error) => error === NOTHING_LEFT);
    return {
      next: async () => {
        const { done, value } = await items.next();
        return done ? { done, value: undefined } : { done: false, value: value!.future };
      },
      return: async () => {
        await items.return();
        this.#rest();
        return { value: undefined, done: true };
      },
    };
  }

  *#outcomeOfNext(): Generator<unknown, T, unknown> {
    const ended = yield* this.#ended.get();
    if (ended === null) throw this.#tooLate();
    return yield* ended.future;
  }

  /** The next that ends; for one that gives up waiting it is still to come. */
  async #next(options: WaitOptions): Promise<Ended<T> | null> {
    try {
      return await this.#ended.get(options);
    } catch (error) {
      this.#toCome++;
      throw error;
    }
  }

  readonly #note = (ended: unknown): void => {
    const future = ended as LoopFuture<T>;
    if (!this.#left.delete(future)) return;
    this.#ended.putNowait({ future });
    if (this.#left.size === 0) this.#timer?.cancel();
  };

  #watch(): void {
    if (this.#watching || this.#left.size === 0) return;
    this.#watching = true;
    for (const future of this.#left) future.addDoneCallback(this.#note);
    if (this.#end !== Infinity) this.#timer = this.#loop.callAt(this.#end, () => this.#expire());
  }

  /** Nobody reads any more, unless a future that was given is still awaited. */
  #rest(): void {
    if (this.#ended.statistics().waitingToGet === 0) this.#unwatch();
  }

  #unwatch(): void {
    if (!this.#watching) return;
    this.#watching = false;
    this.#timer?.cancel();
    for (const future of this.#left) future.removeDoneCallback(this.#note);
  }

  #expire(): void {
    const late = this.#left.size;
    this.#unwatch();
    this.#left.clear();
    for (let i = 0; i < late; i++) this.#ended.putNowait(null);
  }

  #tooLate(): TimeoutError {
    return new TimeoutError("Not all had ended in time");
  }
}
