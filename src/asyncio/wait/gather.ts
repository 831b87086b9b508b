import { checkObject, checkOptionNames, isThenable, show } from "../../core/check.ts";
import { isSeveral, spread } from "../task/coroutine_like.ts";
import { giveBackOf } from "../task/begin_work.ts";
import { ensureFuture } from "../task/ensure_future.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";
import { Semaphore } from "../sync/semaphore.ts";
import type { Awaitable } from "../task/awaitable.ts";
import type { Loop } from "../loop/contract.ts";

/** How to gather. */
export interface GatherOptions {
  /** Failures stand in the list as values, and nothing is thrown; default `false`. */
  returnExceptions?: boolean;
  /** How many of the given functions may run at the same time; default: all. */
  limit?: number;
}

/** The results of what was given, in the order of giving. */
export type Gathered<A extends readonly unknown[]> = {
  -readonly [K in keyof A]: A[K] extends Awaitable<infer T> ? Awaited<T> : never;
};

/** Ends when all children have, or with the first failure. */
class Gathering<T> extends LoopFuture<T[]> {
  readonly #children: readonly LoopFuture<T>[];
  readonly #positions: readonly number[];
  readonly #returnExceptions: boolean;
  #left: number;
  /** What the children were made of. */
  readonly #given: readonly unknown[];
  /** Once results go back where they came from, since nobody gets them: the children whose have not, and what those were made of. */
  #kept: Map<LoopFuture<T>, unknown> | null = null;
  #cancelRequested = false;
  #cancelMessage: string | undefined = undefined;

  constructor(
    loop: Loop,
    children: readonly LoopFuture<T>[],
    given: readonly unknown[],
    positions: readonly number[],
    returnExceptions: boolean,
  ) {
    super(loop);
    this.#children = children;
    this.#given = given;
    this.#positions = positions;
    this.#returnExceptions = returnExceptions;
    this.#left = children.length;
    for (const child of children) child.waitFor(this);
    if (children.length === 0) loop.ready.push(endEmpty, this);
  }

  /** Cancels every child that has not ended; this one ends when they let it. */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    let any = false;
    for (const child of this.#children) any = child.cancel(message) || any;
    // With one that was cancelled before it ends so too; then what the others have got is to go back.
    any ||= !this.#returnExceptions && this.#children.some((child) => child.cancelled());
    if (!any) return false;
    this.#cancelRequested = true;
    this.#cancelMessage = message;
    return true;
  }

  override get handsOver(): boolean {
    return true;
  }

  /** All have ended or are about to, and it was only not woken yet. */
  override get arrived(): boolean {
    return !this.done() && !this.#cancelRequested &&
      this.#children.every((child) =>
        child.done() ? this.#returnExceptions || !child.failed : child.arrived
      );
  }

  /** What it waits for, and passes cancels on to. */
  get waitsFor(): readonly LoopFuture<T>[] {
    return this.#children;
  }

  override get closed(): boolean {
    // A task, which is its own host, is asked by itself.
    return this.#children.every((child) =>
      child.done() || (child as { host?: unknown }).host === child || child.closed
    );
  }

  wake(child: LoopFuture<T>): void {
    this.#left--;
    if (this.done()) {
      if (this.cancelled()) this.#giveBack(child);
      return;
    }
    if (!this.#returnExceptions && child.failed) {
      const error = child.failure();
      if (child.cancelled() && this.#cancelRequested) this.#endCancelled();
      else this.fail(error);
      return;
    }
    if (this.#left > 0) return;
    if (this.#cancelRequested) this.#endCancelled();
    else this.setResult(this.#results());
  }

  /** Ends at once, with nothing to gather. */
  endEmpty(): void {
    if (!this.done()) this.setResult([]);
  }

  override giveBack(): void {
    if (this.done() && !this.failed) this.#giveAllBack();
  }

  /** Ends as cancelled; what waits among the children have got already goes back. */
  #endCancelled(): void {
    this.settleCancelled(this.#cancelMessage);
    this.#giveAllBack();
  }

  #giveAllBack(): void {
    // The last first: items of one queue come to stand there as they stood.
    for (const child of this.#children.toReversed()) if (child.done()) this.#giveBack(child);
  }

  #giveBack(child: LoopFuture<T>): void {
    this.#kept ??= new Map(this.#children.map((each, i) => [each, this.#given[i]]));
    if (!this.#kept.has(child)) return;
    const given = this.#kept.get(child);
    this.#kept.delete(child);
    giveBackOf(given, child);
  }

  #results(): T[] {
    const each = this.#children.map((child) =>
      child.failed ? child.failure() as T : child.result()
    );
    const positions = this.#positions;
    // Most often nothing was given twice, and each has the place of its child.
    return positions.length === each.length ? each : positions.map((position) => each[position]!);
  }
}

function endEmpty(gathering: Gathering<unknown>): void {
  gathering.endEmpty();
}

/**
 * Runs all that it is given at the same time, and gives the results in the order of giving.
 *
 * - Coroutines and functions become tasks, begun in the order of giving. The same one given twice runs once.
 * - With the first failure that is thrown; the others run on. (To have them cancelled, use a `TaskGroup`.)
 *   With `returnExceptions` failures stand in the list, and nothing is thrown.
 * - Cancelling it, or the task that waits for it, cancels all that have not ended. What a wait of this package among
 *   them has got already, an item or a lock, goes back.
 * - With `limit` no more than so many of the given functions and coroutines run at the same time.
 *
 * Source: Python's `asyncio.gather`; `limit` is what its users ask for.
 *
 * @param work what to run, or one iterable of it, and last, perhaps, the options.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { gather, run, sleep } from "@quartet/concurrency/asyncio";
 *
 * const results = await run(() =>
 *   gather(() => sleep(3, "a"), () => sleep(1, "b"), { limit: 2 })
 * );
 * assertEquals(results, ["a", "b"]);
 * ```
 */
export function gather<A extends readonly Awaitable<unknown>[]>(
  ...work: A
): LoopFuture<Gathered<A>>;
/** Runs all that it is given at the same time, as the options last in line say. */
export function gather<A extends readonly Awaitable<unknown>[]>(
  ...work: [...A, GatherOptions]
): LoopFuture<Gathered<A>>;
/** The same with what to run in one iterable. */
export function gather<T>(
  work: Iterable<Awaitable<T>>,
  options?: GatherOptions,
): LoopFuture<Awaited<T>[]>;
// deno-lint-ignore no-explicit-any -- the overloads say what the results are
export function gather(...given: unknown[]): LoopFuture<any> {
  if (given.length === 2 && isSeveral(given[0])) {
    const [all, options = {}] = given;
    checkObject(options, "gather()", "limit: 2");
    given = [all, options];
  }
  const last = given.at(-1);
  const options = isOptions(last) ? last : {};
  checkOptionNames(options, "gather()");
  const work = spread<unknown>(isOptions(last) ? given.slice(0, -1) : given);
  const { limit } = options;
  if (limit !== undefined && !(limit >= 1)) {
    throw new RangeError(`Cannot gather with limit ${show(limit)}: give a number from 1 on`);
  }
  const loop = runningOrDefaultLoop();
  const gate = limit === undefined || limit >= work.length
    ? null
    : new Semaphore(Math.floor(limit));
  const seen = new Map<unknown, number>();
  const children: LoopFuture<unknown>[] = [];
  const begun: unknown[] = [];
  const positions = work.map((each) => {
    // A function is begun as often as it is given.
    const known = typeof each === "function" ? undefined : seen.get(each);
    if (known !== undefined) return known;
    const begin = gate === null || isThenable(each) ? each : () => behind(gate, each);
    const at = children.push(ensureFuture(begin, loop)) - 1;
    begun.push(begin);
    if (typeof each !== "function") seen.set(each, at);
    return at;
  });
  return new Gathering(loop, children, begun, positions, options.returnExceptions === true);
}

/** Runs one of many when the gate has room for it. */
function* behind<T>(gate: Semaphore, work: Awaitable<T>): Generator<unknown, T, unknown> {
  using _room = yield* gate.acquire();
  return yield* ensureFuture(work);
}

function isOptions(value: unknown): value is GatherOptions {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype && !isThenable(value) && !("next" in value);
}
