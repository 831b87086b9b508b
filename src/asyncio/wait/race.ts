import type { Awaitable } from "../task/awaitable.ts";
import { spread } from "../task/coroutine_like.ts";
import { giveBackOf, originOf } from "../task/begin_work.ts";
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

/** One that runs in a race. */
class Runner<T> {
  readonly future: LoopFuture<T>;
  readonly #work: Awaitable<T>;

  constructor(work: Awaitable<T>, loop: Loop) {
    this.future = ensureFuture<T>(work, loop);
    this.#work = work;
  }

  /** What its result comes from: two may run for the same. */
  get origin(): unknown {
    return originOf(this.#work, this.future);
  }

  /** Gives back what it got, which nobody takes. */
  giveBack(): void {
    giveBackOf(this.#work, this.future);
  }
}

/** One race. */
class Contest<T> {
  readonly #loop: Loop;
  readonly #work: readonly Awaitable<T>[];
  #runners: readonly Runner<T>[] = [];
  #winner: Runner<T> | null = null;

  constructor(work: readonly Awaitable<T>[], loop: Loop) {
    this.#loop = loop;
    this.#work = work;
  }

  *run(): Generator<unknown, T, unknown> {
    this.#runners = [...new Set(this.#work)].map((each) => new Runner(each, this.#loop));
    const finish = new Finish<T>(this.#loop);
    const ended = (runner: Runner<T>): void => {
      if (!finish.done()) finish.setResult(runner);
    };
    const there = this.#runners.find(({ future }) => future.done());
    if (there !== undefined) finish.setResult(there);
    for (const runner of this.#runners) runner.future.waitFor({ wake: () => ended(runner) });
    try {
      this.#winner = yield* finish;
    } finally {
      yield* this.#clear();
    }
    return this.#winner.future.result();
  }

  /** Nobody takes what the winner has got. */
  giveBack(): void {
    this.#winner!.giveBack();
  }

  /** Cancels those that run, waits until they have ended, and gives back what a loser got all the same. */
  *#clear(): Generator<unknown, void, unknown> {
    for (const { future } of this.#runners) future.cancel();
    for (const { future } of this.#runners) {
      if (!future.done()) yield* new Ending(future);
    }
    const taken = this.#winner?.origin;
    // The last first: items of one queue come to stand there as they stood.
    for (const runner of this.#runners.toReversed()) {
      if (runner.origin !== taken) runner.giveBack();
    }
  }
}

/** Who is the first: kept when a cancel comes after it. */
class Finish<T> extends LoopFuture<Runner<T>> {
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
