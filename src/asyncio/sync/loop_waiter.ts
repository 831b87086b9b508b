import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { CancelledError } from "../../core/errors.ts";
import { type AbortTarget, unwatchAbort, watchAbort } from "../../core/abort_watch.ts";
import { type Granter, Waiter } from "../../sync/waiter.ts";
import { type Eventual, eventual, failed, type LoopWait } from "../task/eventual.ts";
import type { LoopBinding } from "../loop/loop_binding.ts";
import type { TimerHandle } from "../loop/handles.ts";
import { current, runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";
import type { Loop, TaskLike } from "../loop/contract.ts";

/**
 * A waiter of an event loop: the wait of a task for a primitive.
 *
 * - In an async function it is behind a promise, and a wait of the task that runs there; in a generator it is behind a
 *   future. Whatever takes the promise over has the wait as a future and cancels it by that; then it is no wait of
 *   the task any more.
 * - What is granted is handed over in the loop's line, and until then can go back, see {@link Waiter}.
 */
export class LoopWaiter<T, B = unknown> extends Waiter<T, B> implements LoopWait<T>, AbortTarget {
  readonly #loop: Loop;
  #task: TaskLike<unknown> | null;
  #promise: Promise<T> | null = null;
  #resolve: ((value: T) => void) | null = null;
  #reject: ((reason: unknown) => void) | null = null;
  #future: WaitFuture<T> | null = null;
  #bounds: Bounds | null = null;

  /** Makes a waiter of the task that runs here; the primitive takes it into its line. */
  constructor(granter: Granter<T>, brought: B) {
    super(granter, brought);
    this.#task = runningTask();
    this.#loop = current.loop ?? this.#task?.getLoop() ?? runningOrDefaultLoop();
  }

  /** The loop that it waits in. */
  get loop(): Loop {
    return this.#loop;
  }

  /** Whether only code of the loop can serve it: it waits, and without a bound. */
  get closed(): boolean {
    return this.waiting && this.#bounds === null;
  }

  /** Whether it was served and has only not run yet. */
  get arrived(): boolean {
    return this.state === "granted" && this.phase === "open";
  }

  /** Whether what it waits for is a deed, as a put is. */
  get stands(): boolean {
    return this.granter.stands === true;
  }

  /** Ends the wait as cancelled; `false` if it has ended, or done what cannot be undone. */
  cancel(message?: string): boolean {
    return this.withdraw(message);
  }

  /** For the signal. */
  aborted(signal: { readonly reason: unknown }): void {
    this.abandon(signal.reason);
  }

  /** Begins to wait, and returns what the caller awaits. */
  wait(options: WaitOptions | undefined): Eventual<T> {
    if (options !== undefined) this.#bound(options);
    if (current.generator) return this.#future = new WaitFuture(this as LoopWaiter<T>);
    const promise = this.#promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#task?.beginWait(this as LoopWaiter<unknown>);
    return eventual(promise, this);
  }

  /** Takes it from the task that began it. */
  disown(): void {
    this.#task?.endWait(this as LoopWaiter<unknown>);
    this.#task = null;
  }

  /** Takes the wait over from the task that began it. */
  takeOver(): LoopFuture<T> {
    if (this.#future !== null) return this.#future;
    this.disown();
    const future = this.#future = new WaitFuture(this as LoopWaiter<T>);
    if (this.phase === "over") future.follow();
    return future;
  }

  /** Gives what was handed over back after all; nobody uses it. */
  giveBack(): void {
    if (this.granter.stands !== true) this.granter.returned?.(this.outcome as T, this);
  }

  /** Hands over, in the loop's line. */
  static handOver(waiter: LoopWaiter<unknown>): void {
    const how = waiter.conclude();
    const { outcome } = waiter;
    if (waiter.#bounds !== null) waiter.#unbound(waiter.#bounds);
    if (waiter.#future !== null) waiter.#future.follow();
    if (waiter.#promise === null) return;
    const task = waiter.#task;
    task?.endWait(waiter);
    if (how === "granted" || how === "expired") return waiter.#resolve!(outcome);
    // It may be awaited later, or given to something that has given it up: that must not end the program.
    waiter.#promise.catch(nothing);
    const error = how === "failed" ? outcome : new CancelledError(outcome as string | undefined);
    waiter.#reject!(how === "failed" || task === null ? error : task.throwing(error));
  }

  /** Has it handed over in the loop's line. */
  protected override wake(): void {
    const entry = LoopWaiter.handOver;
    if (this.#future === null) this.#loop.ready.wake(entry, this);
    else this.#loop.ready.push(entry, this);
  }

  /** Sets up the timer and listens to the signal. */
  #bound({ timeout, signal }: WaitOptions): void {
    const timer = timeout === undefined || timeout === Infinity
      ? null
      : this.#loop.callLater(timeout, expire, this as LoopWaiter<unknown>);
    if (timer === null && signal === undefined) return;
    this.#bounds = { timer, signal };
    if (signal !== undefined) watchAbort(signal, this);
  }

  #unbound({ timer, signal }: Bounds): void {
    timer?.cancel();
    if (signal !== undefined) unwatchAbort(signal, this);
  }
}

/** What ends a bounded wait. */
interface Bounds {
  readonly timer: TimerHandle | null;
  readonly signal: AbortSignal | undefined;
}

/** The future of a wait: what a generator coroutine waits on, and what takes a wait over. Cancelling it gives the place up. */
class WaitFuture<T> extends LoopFuture<T> {
  readonly #waiter: LoopWaiter<T>;

  constructor(waiter: LoopWaiter<T>) {
    super(waiter.loop);
    this.#waiter = waiter;
  }

  /** Whether the waiter was served and the coroutine has only not run yet. */
  override get arrived(): boolean {
    return this.#waiter.arrived;
  }

  override get closed(): boolean {
    return this.#waiter.closed;
  }

  /** What was granted is the caller's: it is kept when a cancel comes after it. */
  override get handsOver(): boolean {
    return true;
  }

  override cancel(message?: string): boolean {
    return !this.done() && this.#waiter.cancel(message);
  }

  override giveBack(): void {
    this.#waiter.giveBack();
  }

  /** Ends as the wait has. */
  follow(): void {
    const { state, outcome } = this.#waiter;
    if (state === "granted" || state === "expired") this.settleInPass(outcome as T);
    else if (state === "failed") this.failInPass(outcome);
    else this.cancelInPass(outcome as string | undefined);
  }
}

function expire(waiter: LoopWaiter<unknown>): void {
  waiter.expire();
}

function nothing(): void {
  // What a wait throws is thrown where it is awaited.
}

/** Checks bounds, and throws if the signal is aborted; what each bounded wait begins with. */
export function checkBounds(options: WaitOptions, call?: string): void {
  checkWaitOptions(options, call);
  options.signal?.throwIfAborted();
}

/** Whether a wait that cannot end at once is not to begin. */
export function isOver(options: WaitOptions | undefined): boolean {
  return options !== undefined && options.timeout !== undefined && options.timeout <= 0;
}

/** A primitive that takes waiters into a line. */
export interface Line<T, B> extends Granter<T> {
  /** Takes the waiter in. */
  enqueue(waiter: Waiter<T, B>): void;
}

/**
 * Makes a waiter for the caller, in `line`.
 *
 * @param brought what the waiter brings along.
 * @param options bounds the wait; an aborted signal or a passed time end it at once.
 * @param binding the loop that the primitive belongs to; waiting in another one fails.
 */
export function waitIn<T, B>(
  line: Line<T, B>,
  brought: B,
  options?: WaitOptions,
  binding?: LoopBinding,
): Eventual<T> {
  const waiter = new LoopWaiter<T, B>(line, brought);
  try {
    binding?.check(waiter.loop);
    line.enqueue(waiter);
  } catch (error) {
    return failed(error);
  }
  return waiter.wait(options);
}
