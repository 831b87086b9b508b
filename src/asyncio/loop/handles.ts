import { reportRejection } from "../../core/returned.ts";
import { type CallerContext, captureCaller } from "../../core/inheritance.ts";

/** What a loop is to call. */
// deno-lint-ignore no-explicit-any -- the arguments are checked where the call is asked for
export type Callback = (...args: any[]) => unknown;

/** Where a call tells of what it has thrown: its loop. */
interface Reporter {
  /** Tells the exception handler. */
  callExceptionHandler(context: { message: string; exception: unknown; handle: Handle }): void;
}

/** What calls at a moment: a loop. */
interface Schedule {
  /** The moment that it is. */
  time(): number;
  /** Has `callback` called after `delay` milliseconds. */
  callLater(delay: number, callback: () => unknown): TimerHandle;
  /** Has `callback` called at the moment `when`. */
  callAt(when: number, callback: () => unknown): TimerHandle;
}

/** Where a timer tells that it was taken back: the queue that it is in. */
interface CancelCounter {
  /** Counts one of its calls that was cancelled. */
  noteCancelled(): void;
}

/** What a loop does at its time: a call, or the end of a future that time brings about. */
export interface Timed {
  /** The moment that it is due, on the clock of `loop.time()`. */
  when(): number;
  /** The queue that it is in. */
  queue: CancelCounter | null;
  /** Orders those that are due at the same moment; the queue sets it. */
  order: number;
  /** Whether it was taken back. */
  cancelled(): boolean;
  /** Does it. */
  run(): void;
}

/**
 * A call that a loop has been asked for, from `callSoon`.
 *
 * Source: Python's `asyncio.Handle`.
 */
export class Handle {
  readonly #reporter: Reporter;
  #callback: Callback | null;
  #args: readonly unknown[];
  #cancelled = false;
  /** The context of whoever asked; `null`: none is in use. */
  readonly #caller: CallerContext | null = captureCaller();

  /** Made by the loop. */
  constructor(reporter: Reporter, callback: Callback, args: readonly unknown[]) {
    this.#reporter = reporter;
    this.#callback = callback;
    this.#args = args;
  }

  /** Takes the call back. After it ran, or a second time, nothing happens. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#callback = null;
    this.#args = [];
  }

  /** Whether it was taken back. */
  cancelled(): boolean {
    return this.#cancelled;
  }

  /** What is called; `null` when it was taken back. */
  get callback(): Callback | null {
    return this.#callback;
  }

  /** Makes the call; what it throws goes to the loop's exception handler. */
  run(): void {
    if (this.#callback === null) return;
    try {
      const answer: unknown = this.#caller === null
        ? this.#callback(...this.#args)
        : this.#caller.run(this.#callback, ...this.#args);
      reportRejection(answer, (error) => this.#report(error));
    } catch (error) {
      this.#report(error);
    }
  }

  #report(exception: unknown): void {
    this.#reporter.callExceptionHandler({
      message: `Exception in callback ${this.#callback?.name || "(anonymous)"}()`,
      exception,
      handle: this,
    });
  }
}

/**
 * A call that a loop has been asked for at some moment, from `callLater` and `callAt`.
 *
 * Source: Python's `asyncio.TimerHandle`.
 */
export class TimerHandle extends Handle {
  readonly #when: number;
  /**
   * The queue that it is in.
   * @internal
   */
  queue: CancelCounter | null = null;
  /**
   * Orders calls that are due at the same moment.
   * @internal
   */
  order = 0;

  /** Made by the loop. */
  constructor(reporter: Reporter, callback: Callback, args: readonly unknown[], when: number) {
    super(reporter, callback, args);
    this.#when = when;
  }

  /** The moment that it is due, on the clock of `loop.time()`. */
  when(): number {
    return this.#when;
  }

  /** Takes the call back. */
  override cancel(): void {
    if (this.cancelled()) return;
    super.cancel();
    this.queue?.noteCancelled();
  }
}

/**
 * A call that a loop makes again and again, from `callRepeatedly`.
 *
 * Its times are `interval` milliseconds apart from the first on, whatever the calls themselves take.
 */
export class RepeatingHandle {
  readonly #schedule: Schedule;
  readonly #interval: number;
  readonly #callback: () => unknown;
  #timer: TimerHandle | null;

  /** Made by the loop; the first call comes after `interval` milliseconds. */
  constructor(schedule: Schedule, interval: number, callback: () => unknown) {
    this.#schedule = schedule;
    this.#interval = interval;
    this.#callback = callback;
    this.#timer = schedule.callLater(interval, () => this.#run());
  }

  /** Makes no more calls. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this.#timer === null;
  }

  #run(): unknown {
    const due = this.#timer!.when();
    const missed = Math.max(0, Math.floor((this.#schedule.time() - due) / this.#interval));
    const next = due + (missed + 1) * this.#interval;
    this.#timer = this.#schedule.callAt(next, () => this.#run());
    return this.#callback();
  }
}
