import { checkDuration, checkOptions, show } from "../core/check.ts";
import { setTimer } from "../core/clock.ts";
import { Deque } from "../core/collections/deque.ts";
import { InvalidStateError } from "../core/errors.ts";
import { isGenerator } from "./sendable.ts";

/** How {@linkcode RoundRobin.run} goes about it. */
export interface RoundRobinOptions {
  /** Milliseconds between two turns; without it the turns follow each other without a break. */
  readonly pause?: number;
  /** The number of turns after which to return, with the rest left in line; default: until nobody is left. */
  readonly turns?: number;
  /** Ends the run between two turns: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What {@linkcode RoundRobin.statistics} tells. */
export interface RoundRobinStatistics {
  /** Generators in line. */
  readonly waiting: number;
  /** Generators that have ended. */
  readonly completed: number;
  /** Turns given so far. */
  readonly turns: number;
}

/**
 * An event loop made by hand: generators in a line, each runs to its next `yield` and goes to the end.
 *
 * It shows what every event loop does, in twenty lines; for real work take `asyncio`.
 *
 * - Turns are given in the order of {@linkcode RoundRobin.add}; a `yield` gives the turn away, its value is ignored.
 * - A generator that returns leaves the line. One that throws leaves it too, and ends the run with its error;
 *   the others stay in line, and a further `run()` goes on with them.
 * - `add()` may be called by a generator that is running: the new one goes to the end.
 * - Without `pause` all turns are made before `run()` returns, and nothing else of this thread runs meanwhile.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { RoundRobin } from "@quartet/concurrency/coroutines";
 *
 * const said: string[] = [];
 * function* say(word: string, times: number): Generator<void, void, void> {
 *   for (let i = 0; i < times; i++) {
 *     said.push(word);
 *     yield;
 *   }
 * }
 *
 * const loop = new RoundRobin();
 * loop.add(say("tick", 3)).add(say("tock", 2));
 * await loop.run({ pause: 1 });
 * assertEquals(said, ["tick", "tock", "tick", "tock", "tick"]);
 * ```
 */
export class RoundRobin {
  readonly #line = new Deque<Iterator<unknown, unknown, undefined>>();
  #ended = 0;
  #turns = 0;
  #running = false;

  /** How many generators are in line. */
  get size(): number {
    return this.#line.size;
  }

  /**
   * Puts a generator at the end of the line.
   *
   * @throws {TypeError} if it is no generator.
   */
  add(generator: Iterator<unknown, unknown, undefined>): this {
    if (!isGenerator(generator)) {
      throw new TypeError(
        `Cannot add ${
          show(generator)
        } to a RoundRobin: give a generator, that is, call the generator function`,
      );
    }
    this.#line.push(generator);
    return this;
  }

  /**
   * Gives turns until the line is empty.
   *
   * @throws {RangeError} if `pause` is negative, or `turns` no whole number of 0 or more.
   * @throws {InvalidStateError} if it is running already.
   * @throws the error of a generator that failed.
   */
  run(options: RoundRobinOptions = {}): Promise<void> {
    checkOptions(options, "RoundRobin.run()", "pause: 10");
    const { pause, turns = Infinity, signal } = options;
    if (pause !== undefined) checkDuration(pause, "pause");
    if (!(turns >= 0) || (turns !== Infinity && !Number.isInteger(turns))) {
      throw new RangeError(`Cannot run ${turns} turns: give a whole number of 0 or more`);
    }
    if (this.#running) {
      throw new InvalidStateError("Cannot run a RoundRobin that is running: await its run first");
    }
    return this.#run(pause, turns, signal);
  }

  /** Counts, as a frozen record. */
  statistics(): RoundRobinStatistics {
    return Object.freeze({ waiting: this.#line.size, completed: this.#ended, turns: this.#turns });
  }

  async #run(pause: number | undefined, turns: number, signal?: AbortSignal): Promise<void> {
    this.#running = true;
    try {
      for (let turn = 0; turn < turns && this.#line.size > 0; turn++) {
        signal?.throwIfAborted();
        this.#giveTurn();
        if (pause !== undefined && this.#line.size > 0) await rest(pause, signal);
      }
    } finally {
      this.#running = false;
    }
  }

  #giveTurn(): void {
    const generator = this.#line.shift()!;
    this.#turns++;
    let done: boolean | undefined = true;
    try {
      done = generator.next().done;
    } finally {
      if (done) this.#ended++;
      else this.#line.push(generator);
    }
  }
}

function rest(pause: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer.cancel();
      reject(signal!.reason);
    };
    const timer = setTimer(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, pause);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
