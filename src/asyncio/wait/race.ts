import type { Awaitable } from "../task/awaitable.ts";
import { spread } from "../task/coroutine_like.ts";
import { giveBackOf } from "../task/begin_work.ts";
import { ensureFuture } from "../task/ensure_future.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";
import { Operation } from "../task/operation.ts";
import type { Loop } from "../loop/contract.ts";

/**
 * Runs all at the same time, and gives what the first to end gives, or throws what it throws.
 *
 * - The others are cancelled, and have ended when the result is given. Waits of this package that lose take nothing:
 *   `race(a.get(), b.get())` and `race(() => a.get(), () => b.get())` take one item, also when both queues have one. An
 *   async function that has got something keeps it.
 * - Unlike `Promise.race`, which leaves the others running.
 *
 * Source: trio's and anyio's users; Python's asyncio has none.
 *
 * @throws {RangeError} if nothing is given.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { race, run, sleep } from "@quartet/concurrency/asyncio";
 *
 * await run(async () => {
 *   assertEquals(await race(() => sleep(1000, "slow"), () => sleep(1, "fast")), "fast");
 * });
 * ```
 */
export function race<T>(...work: Awaitable<T>[]): Operation<T>;
/** The same with what to run in one iterable. */
export function race<T>(work: Iterable<Awaitable<T>>): Operation<T>;
export function race<T>(...given: unknown[]): Operation<T> {
  const work = spread<T>(given);
  if (work.length === 0) throw new RangeError("Cannot race: give at least one");
  const loop = runningOrDefaultLoop();
  const contest = new Contest<T>(work, loop);
  return new Operation(loop, runningTask(), contest.run(), undefined, () => contest.giveBack());
}

/** One race. */
class Contest<T> {
  readonly #loop: Loop;
  readonly #given: readonly Awaitable<T>[];
  #runners: readonly LoopFuture<T>[] = [];
  #winner: LoopFuture<T> | null = null;

  constructor(work: readonly Awaitable<T>[], loop: Loop) {
    this.#loop = loop;
    this.#given = [...new Set(work)];
  }

  *run(): Generator<unknown, T, unknown> {
    this.#runners = this.#given.map((each) => ensureFuture<T>(each, this.#loop));
    const finish = new Finish<T>(this.#loop);
    const waker = {
      wake: (runner: LoopFuture<T>): void => {
        if (!finish.done()) finish.setResult(runner);
      },
    };
    const there = this.#runners.find((runner) => runner.done());
    if (there !== undefined) finish.setResult(there);
    for (const runner of this.#runners) runner.waitFor(waker);
    try {
      this.#winner = yield* finish;
    } finally {
      yield* this.#clear();
    }
    return this.#winner.result();
  }

  /** Nobody takes what the winner has got. */
  giveBack(): void {
    giveBackOf(this.#given[this.#runners.indexOf(this.#winner!)], this.#winner!);
  }

  /** Cancels those that run, waits until they have ended, and gives back what a loser got all the same. */
  *#clear(): Generator<unknown, void, unknown> {
    for (const runner of this.#runners) runner.cancel();
    for (const runner of this.#runners) {
      if (!runner.done()) yield* new Ending(runner);
    }
    for (const [i, runner] of this.#runners.entries()) {
      if (runner !== this.#winner) giveBackOf(this.#given[i], runner);
    }
  }
}

/** Who is the first: kept when a cancel comes after it. */
class Finish<T> extends LoopFuture<LoopFuture<T>> {
  override get handsOver(): boolean {
    return true;
  }
}

/** The wait for the end of one that was cancelled, however it ends: another cancel reaches that one only. */
class Ending extends LoopFuture<void> {
  readonly #runner: LoopFuture<unknown>;

  constructor(runner: LoopFuture<unknown>) {
    super(runner.getLoop());
    this.#runner = runner;
    runner.addDoneCallback(() => this.setResult());
  }

  /** A cancel does not end what is to be done after it: what the losers have got is to be given back. */
  override get handsOver(): boolean {
    return true;
  }

  /** What it waits for, and passes cancels on to. */
  get waitsFor(): [LoopFuture<unknown>] {
    return [this.#runner];
  }

  override cancel(message?: string): boolean {
    this.#runner.cancel(message);
    return false;
  }
}
