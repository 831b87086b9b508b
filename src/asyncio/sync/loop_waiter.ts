import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { type AbortTarget, unwatchAbort, watchAbort } from "../../core/abort_watch.ts";
import { type Granter, Waiter, type WaiterState } from "../../sync/waiter.ts";
import type { Eventual } from "../task/eventual.ts";
import type { TimerHandle } from "../loop/handles.ts";
import { runningOrDefaultLoop } from "../loop/running_loop.ts";
import { LoopFuture } from "../task/loop_future.ts";
import type { Loop } from "../loop/contract.ts";

/**
 * A waiter of an event loop: the wait of a task for a primitive.
 *
 * - In a generator it is behind a future, as here; in an async function behind a promise, see `PromisedWaiter`.
 * - What is granted is handed over in the loop's line, and until then can go back, see {@link Waiter}.
 */
export class LoopWaiter<T, B = unknown> extends Waiter<T, B> implements AbortTarget {
  /** Its future, which knows the loop; before somebody asks for that, the loop. */
  #place: WaitFuture<T> | Loop;
  #bounds: Bounds | null = null;

  /** Makes a waiter of the code that runs here; the primitive takes it into its line. */
  constructor(granter: Granter<T>, brought: B, loop: Loop = runningOrDefaultLoop()) {
    super(granter, brought);
    this.#place = loop;
  }

  /** The loop that it waits in. */
  get loop(): Loop {
    return this.#place instanceof WaitFuture ? this.#place.getLoop() : this.#place;
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

  /** Begins to wait, and returns what the caller waits with. */
  wait(options: WaitOptions | undefined): Eventual<T> {
    if (options !== undefined) this.bound(options);
    return this.future;
  }

  /** The future that ends as the wait does. */
  get future(): LoopFuture<T> {
    if (this.#place instanceof WaitFuture) return this.#place;
    const future = this.#place = new WaitFuture(this as LoopWaiter<T>);
    if (this.phase === "over") future.follow();
    return future;
  }

  /** Gives what was handed over back after all, once; nobody uses it. What came of a timeout is nobody's. */
  giveBack(): void {
    const { state, outcome } = this;
    if (state !== "granted" || this.granter.stands === true) return;
    this.state = "withdrawn";
    this.outcome = undefined;
    this.granter.returned?.(outcome as T, this);
  }

  /**
   * The caller's turn, in the loop's line.
   * @internal
   */
  handOver(): WaiterState {
    const how = this.conclude();
    if (this.#bounds !== null) unbound(this as LoopWaiter<unknown>, this.#bounds);
    if (this.#place instanceof WaitFuture) this.#place.follow();
    return how;
  }

  /** Sets up the timer and listens to the signal. */
  protected bound({ timeout, signal }: WaitOptions): void {
    const timer = timeout === undefined || timeout === Infinity
      ? null
      : this.loop.callLater(timeout, expire, this as LoopWaiter<unknown>);
    if (timer === null && signal === undefined) return;
    this.#bounds = { timer, signal };
    if (signal !== undefined) watchAbort(signal, this);
  }

  /** Has it handed over in the loop's line; to a promise alone, which needs no pass. */
  protected override wake(): void {
    const place = this.#place;
    if (place instanceof WaitFuture) place.getLoop().ready.push(handOver, this);
    else place.ready.wake(handOver, this);
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

function unbound(waiter: LoopWaiter<unknown>, { timer, signal }: Bounds): void {
  timer?.cancel();
  if (signal !== undefined) unwatchAbort(signal, waiter);
}

function handOver(waiter: LoopWaiter<unknown>): void {
  waiter.handOver();
}

function expire(waiter: LoopWaiter<unknown>): void {
  waiter.expire();
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
