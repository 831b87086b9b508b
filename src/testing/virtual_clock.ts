import { checkDelay, checkDuration, checkFunction, checkOptions } from "../core/check.ts";
import { type Clock, type ClockTimer, installClock, realClock } from "../core/clock.ts";
import { InvalidStateError } from "../core/errors.ts";
import { onceSettled, settled, type Turn } from "./settled.ts";

/** How a {@linkcode VirtualClock} goes. */
export interface VirtualClockOptions {
  /** What the clock shows at first, in milliseconds; default 0. */
  readonly start?: number;
  /** Whether time jumps by itself when everything waits; default `true`. Otherwise only `advance()` moves it. */
  readonly autoJump?: boolean;
  /**
   * Real milliseconds of quiet before a jump; default 0. For tests in which tasks also wait for real
   * files, sockets or threads, which this thread cannot see coming.
   */
  readonly patience?: number;
}

/** What {@linkcode VirtualClock.statistics} tells. */
export interface VirtualClockStatistics {
  /** What the clock shows. */
  readonly now: number;
  /** Timers that are due some time. */
  readonly timers: number;
  /** Timers that have fired. */
  readonly fired: number;
  /** Who holds the time. */
  readonly holds: number;
}

class VirtualTimer implements ClockTimer {
  #cancel: (timer: VirtualTimer) => void;

  constructor(
    readonly fn: () => void,
    readonly at: number,
    cancel: (timer: VirtualTimer) => void,
  ) {
    this.#cancel = cancel;
  }

  cancel(): void {
    this.#cancel(this);
  }
}

/**
 * Time for tests: it stands still while anything runs, and jumps to the next timer when everything waits.
 *
 * A test that sleeps for an hour ends at once, and always in the same way.
 *
 * - It installs itself: from its making on, everything in this library that waits for time to pass on this
 *   thread (`sleep`, `timeout`, `wait({ timeout })`, `callLater`) goes by it; disposing puts the former clock back.
 * - Before each jump promise chains drain, however long, and event loops run until nothing is ready.
 * - Timers fire in the order of their time, those of one time in the order of their making, and all that a timer
 *   sets off is done before the next one fires.
 * - Files, sockets, child processes and other threads take real time, in which this clock would jump on.
 *   Hold it meanwhile ({@linkcode VirtualClock.hold}), or give it `patience`.
 * - What the library does for itself goes by real time: the graces and watches of threads, processes and pools, the
 *   `idleTimeout` of their workers, and the run times in `statistics()`. What a program asks for goes by this clock:
 *   the `timeout` and `queueTimeout` of a job, of `map`, `wait` and `shutdown`. A job on a thread or in a process works in
 *   real time, so hold the clock while one with a `timeout` runs.
 * - `Date`, the global `setTimeout` and blocking waits (`acquireSync`, `joinSync`) stay real.
 *
 * Source: trio's `MockClock(autojump_threshold=0)`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { VirtualClock } from "@quartet/concurrency/testing";
 * import { RoundRobin } from "@quartet/concurrency/coroutines";
 *
 * function* threeTimes(): Generator<void, void, undefined> {
 *   for (let i = 0; i < 3; i++) yield;
 * }
 *
 * using clock = new VirtualClock();
 * await new RoundRobin().add(threeTimes()).run({ pause: 60_000 });
 * assertEquals(clock.now(), 3 * 60_000);
 * ```
 */
export class VirtualClock implements Clock, Disposable, AsyncDisposable {
  readonly #before: Clock;
  readonly #autoJump: boolean;
  readonly #patience: number;
  /** In the order in which they fire. */
  readonly #timers: VirtualTimer[] = [];
  #now: number;
  #fired = 0;
  #holds = 0;
  #turn: Turn | null = null;
  #rest: ClockTimer | null = null;
  #disposed = false;

  /**
   * Makes the clock and puts it in place.
   *
   * @throws {RangeError} if `start` or `patience` is negative.
   */
  constructor(options: VirtualClockOptions = {}) {
    checkOptions(options, "new VirtualClock()", "start: 0");
    const { start = 0, autoJump = true, patience = 0 } = options;
    checkDuration(start, "start");
    checkDuration(patience, "patience");
    this.#now = start;
    this.#autoJump = autoJump;
    this.#patience = patience;
    this.#before = installClock(this);
  }

  /** What the clock shows, in milliseconds. */
  now(): number {
    return this.#now;
  }

  /** Has `fn` called once the clock shows `delay` milliseconds more; for the library itself. */
  setTimer(fn: () => void, delay: number): ClockTimer {
    checkFunction(fn, "fn");
    checkDelay(delay, "delay");
    const timer = new VirtualTimer(fn, this.#now + Math.max(0, delay), (one) => this.#remove(one));
    this.#insert(timer);
    this.#expectJump();
    return timer;
  }

  /**
   * Moves time on by `duration` milliseconds, firing what falls due on the way, each at its own time.
   *
   * Resolves when all that this set off waits again. The jumping by itself rests meanwhile.
   *
   * @throws {RangeError} if `duration` is negative.
   */
  async advance(duration: number): Promise<void> {
    checkDuration(duration, "duration");
    using _still = this.hold();
    await settled();
    const target = this.#now + duration;
    for (let timer = this.#timers[0]; timer && timer.at <= target; timer = this.#timers[0]) {
      this.#fire();
      await settled();
    }
    this.#now = Math.max(this.#now, target);
  }

  /**
   * Keeps time from jumping until the guard is disposed: while a real file, socket or thread is waited for.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { VirtualClock } from "@quartet/concurrency/testing";
   *
   * using clock = new VirtualClock();
   * {
   *   using _still = clock.hold();
   *   await Deno.stat(".");
   * }
   * assertEquals(clock.now(), 0);
   * ```
   */
  hold(): Disposable {
    this.#holds++;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#holds--;
        this.#expectJump();
      },
    };
  }

  /** How many timers are to come; `Infinity` while something that takes real time is waited for. For the library itself. */
  get pending(): number {
    return this.#holds > 0 || !this.#autoJump ? Infinity : this.#timers.length;
  }

  /** Counts, as a frozen record. */
  statistics(): VirtualClockStatistics {
    return Object.freeze({
      now: this.#now,
      timers: this.#timers.length,
      fired: this.#fired,
      holds: this.#holds,
    });
  }

  /**
   * Puts the former clock back; timers that are left never fire.
   *
   * @throws {InvalidStateError} if another clock was installed after this one and is still in place.
   */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    const inPlace = installClock(this.#before);
    if (inPlace !== this) {
      installClock(inPlace);
      throw new InvalidStateError(
        "Cannot take this clock away: another one was installed after it; dispose that one first",
      );
    }
    this.#disposed = true;
    this.#timers.length = 0;
    this.#unexpectJump();
  }

  /** Lets everything run until it waits, then does as `[Symbol.dispose]()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await settled();
    this[Symbol.dispose]();
  }

  #insert(timer: VirtualTimer): void {
    let low = 0, high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timers[middle]!.at <= timer.at) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }

  #remove(timer: VirtualTimer): void {
    const at = this.#timers.indexOf(timer);
    if (at !== -1) this.#timers.splice(at, 1);
    if (this.#timers.length === 0) this.#unexpectJump();
  }

  #mayJump(): boolean {
    return this.#autoJump && this.#holds === 0 && this.#timers.length > 0 && !this.#disposed;
  }

  #expectJump(): void {
    if (this.#turn !== null || this.#rest !== null || !this.#mayJump()) return;
    this.#turn = onceSettled(() => {
      this.#turn = null;
      if (this.#patience === 0) this.#jump();
      else this.#beginRest(this.#fired, this.#timers.length);
    });
  }

  /** Waits the real time of quiet; whoever set, cancelled or fired a timer meanwhile disturbed it. */
  #beginRest(fired: number, timers: number): void {
    this.#rest = realClock.setTimer(() => {
      this.#rest = null;
      if (fired === this.#fired && timers === this.#timers.length) this.#jump();
      else this.#expectJump();
    }, this.#patience);
  }

  #unexpectJump(): void {
    this.#turn?.cancel();
    this.#turn = null;
    this.#rest?.cancel();
    this.#rest = null;
  }

  #jump(): void {
    if (!this.#mayJump()) return;
    try {
      this.#fire();
    } finally {
      this.#expectJump();
    }
  }

  #fire(): void {
    const timer = this.#timers.shift()!;
    this.#now = Math.max(this.#now, timer.at);
    this.#fired++;
    timer.fn();
  }
}
