import { show } from "../../core/check.ts";
import { FullError } from "../../core/errors.ts";
import {
  checkGreenlet,
  Greenlet,
  type GreenletFunction,
  type Returned,
} from "../greenlet/greenlet.ts";
import { Group } from "./group.ts";
import { boundsOf, Wait, type WaitBound } from "../greenlet/wait.ts";
import { WaitLine } from "../sync/wait_line.ts";

/** What {@linkcode Pool.statistics} tells. */
export interface PoolStatistics {
  /** How many may run at once; `Infinity`: any number. */
  readonly size: number;
  /** How many run. */
  readonly running: number;
  /** How many wait for room. */
  readonly waiting: number;
}

/** A greenlet that waits for room, and whether it is started then: another runs already. */
interface Entry {
  /** What the one that waits gets. */
  readonly value: unknown;
  readonly greenlet: Greenlet<unknown>;
  readonly starts: boolean;
}

/**
 * A {@linkcode Group} in which only so many greenlets run at once.
 *
 * - `spawn` waits for room, first come, first served: `await pool.spawn(fn)` is the backpressure. Not awaited, the
 *   greenlet still starts in its turn. So do `add` and `start`, whose wait can be bounded.
 * - `map`, `imap`, `imapUnordered` and `apply` keep to it.
 *
 * Source: `gevent.pool.Pool`. Not like Python: a pool without places is refused; `FullError` stands for `PoolFull`.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { pool, sleep } from "@quartet/concurrency/gevent";
 *
 * const two = new pool.Pool(2);
 * let running = 0;
 * const squares = await two.map(async (n: number) => {
 *   assert(++running <= 2);
 *   await sleep(1);
 *   running--;
 *   return n * n;
 * }, [1, 2, 3, 4]);
 * assertEquals(squares, [1, 4, 9, 16]);
 * ```
 */
export class Pool extends Group {
  readonly #size: number;
  /** The waiters for room, each with the greenlet that is to be started. */
  readonly #line = new WaitLine<unknown, Entry>();
  readonly #availability = new WaitLine<number>();

  /**
   * A pool for `size` greenlets at once.
   *
   * @param size `null`: any number.
   * @throws {RangeError} if it is no whole number of 1 or more.
   */
  constructor(size: number | null = null) {
    super();
    if (size !== null && size !== Infinity && (!Number.isInteger(size) || size < 1)) {
      throw new RangeError(`Cannot make a pool of ${show(size)}: give a whole number of 1 or more`);
    }
    this.#size = size ?? Infinity;
  }

  /** How many more could run now. */
  freeCount(): number {
    return Math.max(0, this.#size - this.size);
  }

  /** Whether none more could run now. */
  full(): boolean {
    return this.freeCount() === 0;
  }

  /** Makes a greenlet that runs `fn(...args)`, waits for room, and starts it. */
  override spawn<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Wait<Greenlet<Returned<R>>> {
    const greenlet = new Greenlet<Returned<R>>(
      fn as GreenletFunction<unknown[], Returned<R>>,
      ...args,
    );
    return this.#waitFor<Greenlet<Returned<R>>>(greenlet, greenlet, true, undefined);
  }

  override add(greenlet: Greenlet<unknown>, bound?: WaitBound): Wait<void> {
    checkGreenlet(greenlet);
    if (greenlet.dead || this.has(greenlet)) return Wait.given(undefined);
    return this.#waitFor(undefined, greenlet, false, bound);
  }

  override start(greenlet: Greenlet<unknown>, bound?: WaitBound): Wait<void> {
    checkGreenlet(greenlet);
    if (this.has(greenlet)) {
      greenlet.start();
      return Wait.given(undefined);
    }
    return this.#waitFor(undefined, greenlet, true, bound);
  }

  /**
   * Waits until there is room and returns how much.
   *
   * @param bound milliseconds, or `{ timeout, signal }`; then it may return 0.
   */
  waitAvailable(bound?: WaitBound): Wait<number> {
    boundsOf(bound);
    if (!this.full()) return Wait.given(this.freeCount());
    return this.#availability.join(bound, () => this.freeCount());
  }

  /** Counts, as a frozen record. */
  statistics(): PoolStatistics {
    return Object.freeze({ size: this.#size, running: this.size, waiting: this.#line.size });
  }

  /** How many may run at once. */
  protected override get capacity(): number {
    return this.#size;
  }

  /** How many wait for room. */
  protected override get waiting(): number {
    return this.#line.size;
  }

  /** Lets the next one in. */
  protected override left(): void {
    while (!this.full() && this.#line.next((entry) => this.#admit(entry)));
    if (!this.full()) this.#availability.serveAll(this.freeCount());
  }

  #waitFor<T>(
    value: T,
    greenlet: Greenlet<unknown>,
    starts: boolean,
    bound: WaitBound,
  ): Wait<T> {
    const { block = true } = boundsOf(bound);
    const entry = { value, greenlet, starts };
    if (!this.full()) return Wait.given(this.#admit(entry) as T);
    if (!block) return Wait.failed(noRoom());
    const wait = this.#line.join(
      bound,
      () => {
        throw noRoom();
      },
      undefined,
      entry,
    );
    wait.addDoneCallback(() => wait.failed && this.announceEmpty());
    return wait as Wait<T>;
  }

  #admit({ value, greenlet, starts }: Entry): unknown {
    this.enter(greenlet);
    if (starts) greenlet.start();
    return value;
  }
}

function noRoom(): FullError {
  return new FullError("Cannot take another greenlet in: the pool is full; wait for room");
}
