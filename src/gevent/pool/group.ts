import { checkFunction, checkIterable, checkOptions } from "../../core/check.ts";
import { OrderedReads } from "../../core/mapping/ordered_reads.ts";
import type { LoopFuture as Future } from "../../asyncio/task/loop_future.ts";
import { compose } from "../greenlet/compose.ts";
import {
  checkGreenlet,
  type Greenlet,
  type Returned,
  type Throwable,
} from "../greenlet/greenlet.ts";
import { GreenletExit } from "../greenlet/greenlet_exit.ts";
import { imapResults, isAsync } from "./imap_results.ts";
import type { JoinallOptions } from "../greenlet/joinall.ts";
import { killall } from "../greenlet/killall.ts";
import { spawn } from "../greenlet/spawn.ts";
import { boundsOf, Wait, type WaitBound } from "../greenlet/wait.ts";
import { WaitLine } from "../sync/wait_line.ts";

/** How {@linkcode Group.imap} goes about it. */
export interface ImapOptions {
  /** How many results may be on their way at once, done or not; default: what the pool runs at once. */
  readonly maxsize?: number;
}

/**
 * Greenlets that belong together: spawned, waited for and killed as one.
 *
 * - A greenlet leaves the group when it ends.
 * - `spawn` returns at once here, and when there is room in a {@linkcode Pool}; it can be awaited in both.
 * - `await using group = new Group()` waits for all at the end of the block.
 *
 * Source: `gevent.pool.Group`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pool, sleep } from "@quartet/concurrency/gevent";
 *
 * const group = new pool.Group();
 * const lengths = await group.map(async (word: string) => {
 *   await sleep(word.length);
 *   return word.length;
 * }, ["three", "a", "to"]);
 * assertEquals(lengths, [5, 1, 2]);
 * ```
 */
export class Group implements Iterable<Greenlet<unknown>>, AsyncDisposable {
  readonly #greenlets = new Set<Greenlet<unknown>>();
  readonly #joiners = new WaitLine<boolean>();

  /** Makes a group of greenlets that run already, or of none. */
  constructor(greenlets: Iterable<Greenlet<unknown>> = []) {
    checkIterable(greenlets, "greenlets");
    for (const greenlet of greenlets) this.enter(greenlet);
  }

  /** How many have not ended. */
  get size(): number {
    return this.#greenlets.size;
  }

  /** Whether `greenlet` is in it. */
  has(greenlet: Greenlet<unknown>): boolean {
    return this.#greenlets.has(greenlet);
  }

  /**
   * Takes a greenlet in, until it ends; in a {@linkcode Pool} when there is room for it.
   *
   * @param bound milliseconds, or `{ timeout, signal, block }`: how long a pool waits for room.
   * @throws {FullError} if a pool has no room within that time, or with `block: false` not now.
   */
  add(greenlet: Greenlet<unknown>, bound?: WaitBound): Wait<void> {
    checkGreenlet(greenlet);
    boundsOf(bound);
    this.enter(greenlet);
    return Wait.given(undefined);
  }

  /** Lets a greenlet go, which goes on by itself. */
  discard(greenlet: Greenlet<unknown>): void {
    checkGreenlet(greenlet);
    greenlet.unlink(this.#forget);
    this.#forget(greenlet);
  }

  /**
   * Starts a greenlet that was made, in the group; in a {@linkcode Pool} when there is room for it.
   *
   * @param bound as for {@link add}.
   * @throws {FullError} as {@link add}; the greenlet has not started then.
   */
  start(greenlet: Greenlet<unknown>, bound?: WaitBound): Wait<void> {
    checkGreenlet(greenlet);
    boundsOf(bound);
    this.enter(greenlet);
    greenlet.start();
    return Wait.given(undefined);
  }

  /** Makes a greenlet that runs `fn(...args)`, and starts it in the group. */
  spawn<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Wait<Greenlet<Returned<R>>> {
    const greenlet = spawn(fn, ...args);
    this.enter(greenlet);
    return Wait.given(greenlet);
  }

  /**
   * Waits until all have ended, those too that are spawned meanwhile.
   *
   * @param options milliseconds, or `{ timeout, raiseError, signal }`.
   * @returns whether all have.
   * @throws the error of a greenlet, with `raiseError`.
   */
  join(options: Omit<JoinallOptions, "count"> | number = {}): Future<boolean> {
    if (typeof options !== "number") checkOptions(options, "join()", "timeout: 1000");
    const bounds = typeof options === "number" ? { timeout: options } : options;
    return compose(this.#join(bounds));
  }

  /** Kills all and waits until they have ended. */
  kill(error: Throwable = GreenletExit, bound?: WaitBound): Future<unknown> {
    return killall(this.#greenlets, error, bound);
  }

  /** Kills one of them and waits until it has ended; not in the group, nothing happens. */
  killone(greenlet: Greenlet<unknown>, error?: Throwable, bound?: WaitBound): Wait<void> {
    boundsOf(bound);
    return this.has(greenlet) ? greenlet.kill(error, bound) : Wait.given(undefined);
  }

  /** Runs `fn(...args)` in the group and returns its result. */
  apply<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Future<Returned<R> | GreenletExit> {
    const spawning = this.spawn(fn, ...args);
    return compose(resultOf(spawning));
  }

  /** Runs `fn(...args)` in the group; `callback` is called with its result if it ends well. */
  applyAsync<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    callback?: (value: Returned<R>) => unknown,
  ): Wait<Greenlet<Returned<R>>> {
    checkIterable(args, "args");
    if (callback !== undefined) checkFunction(callback, "callback");
    const spawning = this.spawn(fn, ...args);
    if (callback !== undefined) {
      spawning.addDoneCallback(() => {
        if (spawning.failed) return;
        const greenlet = spawning.result();
        greenlet.linkValue(() => callback(greenlet.value as Returned<R>));
      });
    }
    return spawning;
  }

  /**
   * Runs `fn` for each item, each in a greenlet, and returns the results in the order of the items.
   *
   * The items may come as they are ready, as those of a queue do: each begins when it has come.
   *
   * @throws the error of the first item that failed; the others run on. Of items that come, no more are asked for then,
   *   and the others are killed, as by {@link imap}.
   */
  map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
  ): Future<(Returned<R> | GreenletExit)[]> {
    checkFunction(fn, "fn");
    checkIterable(items, "items", true);
    if (isAsync(items)) return compose(() => Array.fromAsync(this.imap(fn, items)));
    const spawnings = Array.from(items, (item) => this.spawn(fn, item));
    return compose(resultsOf(spawnings));
  }

  /** The same as `map`, in a greenlet of its own. */
  mapAsync<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
  ): Greenlet<(Returned<R> | GreenletExit)[]> {
    checkFunction(fn, "fn");
    checkIterable(items, "items", true);
    return spawn(() => this.map(fn, items));
  }

  /**
   * Runs `fn` for each item and gives the results in the order of the items, as they are asked for.
   *
   * The items may come as they are ready, as those of a queue do: results are given meanwhile.
   *
   * An error comes out at its place and ends it; so does `break`, and what is still running is killed. Not like
   * Python: there the results after an error can still be asked for.
   */
  imap<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options: ImapOptions = {},
  ): AsyncGenerator<Returned<R> | GreenletExit, void, undefined> {
    checkFunction(fn, "fn");
    checkIterable(items, "items", true);
    checkOptions(options, "imap()", "maxsize: 10");
    return this.#imap(fn, items, options, true);
  }

  /**
   * Runs `fn` for each item and gives the results as they are done; else as {@link imap}.
   */
  imapUnordered<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options: ImapOptions = {},
  ): AsyncGenerator<Returned<R> | GreenletExit, void, undefined> {
    checkFunction(fn, "fn");
    checkIterable(items, "items", true);
    checkOptions(options, "imapUnordered()", "maxsize: 10");
    return this.#imap(fn, items, options, false);
  }

  /** Those that have not ended. */
  [Symbol.iterator](): Iterator<Greenlet<unknown>> {
    return this.#greenlets.values();
  }

  /** Waits until all have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.join();
  }

  /** Counts a greenlet as one of the group, until it ends. */
  protected enter(greenlet: Greenlet<unknown>): void {
    if (greenlet.dead || this.#greenlets.has(greenlet)) return;
    this.#greenlets.add(greenlet);
    greenlet.rawlink(this.#forget);
  }

  /** How many may run at once. */
  protected get capacity(): number {
    return Infinity;
  }

  /** How many wait for room. */
  protected get waiting(): number {
    return 0;
  }

  /** Told of each greenlet that has left. */
  protected left(): void {
    // Pools let the next one in.
  }

  /** Wakes the waiters for the end of all, if it has come. */
  protected announceEmpty(): void {
    if (this.#isEmpty) this.#joiners.serveAll(true);
  }

  readonly #forget = (greenlet: Greenlet<unknown>): void => {
    if (!this.#greenlets.delete(greenlet)) return;
    this.left();
    this.announceEmpty();
  };

  get #isEmpty(): boolean {
    return this.size + this.waiting === 0;
  }

  #imap<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    { maxsize = this.capacity }: ImapOptions,
    ordered: boolean,
  ): AsyncGenerator<Returned<R> | GreenletExit, void, undefined> {
    const running = new Set<Greenlet<Returned<R>>>();
    const end = new AbortController();
    end.signal.addEventListener("abort", () => void killall(running));
    const spawn = (item: T) => this.spawn(fn, item);
    const run = { spawn, window: maxsize, ordered, running, end: end.signal };
    return new OrderedReads<Returned<R> | GreenletExit>(
      imapResults(items, run),
      () => end.abort(),
    );
  }

  *#join(
    { raiseError = false, ...bounds }: Omit<JoinallOptions, "count">,
  ): Generator<unknown, boolean, unknown> {
    const watched = raiseError ? [...this.#greenlets] : [];
    const empty = this.#isEmpty || (yield* this.#joiners.join(bounds, () => false));
    for (const greenlet of watched) {
      if (greenlet.dead && !greenlet.successful()) throw greenlet.exception;
    }
    return empty;
  }
}

function* resultOf<T>(
  spawning: Future<Greenlet<T>>,
): Generator<unknown, T | GreenletExit, unknown> {
  return yield* (yield* spawning).get();
}

function* resultsOf<T>(
  spawnings: readonly Future<Greenlet<T>>[],
): Generator<unknown, (T | GreenletExit)[], unknown> {
  const results: (T | GreenletExit)[] = [];
  for (const spawning of spawnings) results.push(yield* resultOf(spawning));
  return results;
}
