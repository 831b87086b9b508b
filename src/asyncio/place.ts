import {
  CancelledError,
  checkWaitOptions,
  type WaitList,
  WaitNode,
  type WaitOptions,
} from "../core/mod.ts";
import { type Eventual, eventual, failed } from "./eventual.ts";
import type { EventLoop } from "./event_loop.ts";
import type { LoopBinding } from "./loop_binding.ts";
import type { TimerHandle } from "./handles.ts";
import { here, loopForUse, taskHere } from "./here.ts";
import { LoopFuture } from "./loop_future.ts";
import type { Task } from "./task.ts";

/** The primitive that one waits for. */
export interface PlaceOwner<T> {
  /** What the wait gives, or throws, when its time is over. */
  timedOut(): T;
  /** Called when what was granted is handed over. */
  handedOver?(value: T): void;
  /** Called when what was granted is not taken, because the waiter was cancelled in between. */
  givenBack?(value: T): void;
}

/** Where a waiter stands. */
type PlaceState = "waiting" | "granted" | "late" | "failed" | "cancelled" | "over";

/**
 * One who waits for a primitive of a loop: a place in its list.
 *
 *     waiting ──grant──▶ granted ──(its turn in the loop's line)──▶ over: handed over
 *        │                  └──cancel──▶ cancelled: given back ──(its turn)──▶ over
 *        ├──time──▶ late, ├──fail, signal──▶ failed ──(its turn)──▶ over
 *        └──cancel──▶ cancelled ──(its turn)──▶ over
 *
 * What is granted is not taken before the waiter runs. If it is cancelled in between, the primitive gets it back
 * and serves the next: no wake-up and no permit is lost.
 */
export class Place<T> extends WaitNode<Place<T>> {
  readonly #owner: PlaceOwner<T>;
  readonly #loop: EventLoop;
  readonly #task: Task<unknown> | null;
  #state: PlaceState = "waiting";
  /** What was granted, the failure, or the message of the cancel. */
  #outcome: unknown = undefined;
  #resolve: ((value: T) => void) | null = null;
  #reject: ((reason: unknown) => void) | null = null;
  #future: PlaceFuture<T> | null = null;
  #release: (() => void) | null = null;

  constructor(owner: PlaceOwner<T>) {
    super();
    this.#owner = owner;
    this.#task = taskHere();
    this.#loop = here.loop ?? this.#task?.getLoop() ?? loopForUse();
  }

  /** The loop that it waits in. */
  get loop(): EventLoop {
    return this.#loop;
  }

  /** The task that waits; `null` outside of any. */
  get task(): Task<unknown> | null {
    return this.#task;
  }

  /** Whether it is still to be served. */
  get waiting(): boolean {
    return this.#state === "waiting";
  }

  /** Who waits without a bound can only be served by code of the loop. */
  get closed(): boolean {
    return this.#release === null && this.#state === "waiting";
  }

  /** Whether it was served and has only not run yet. */
  get arrived(): boolean {
    return this.#state === "granted";
  }

  /** Serves it, once it has been taken out of its list. */
  grant(value: T): void {
    this.#outcome = value;
    this.#enqueue("granted");
  }

  /** Ends the wait with an error, once it has been taken out of its list. */
  fail(error: unknown): void {
    this.#outcome = error;
    this.#enqueue("failed");
  }

  /** Ends the wait as cancelled. */
  cancel(message?: string): boolean {
    if (this.#state === "waiting") {
      this.list?.remove(this);
      this.#outcome = message;
      this.#enqueue("cancelled");
      return true;
    }
    if (this.#state !== "granted") return false;
    const value = this.#outcome as T;
    this.#state = "cancelled";
    this.#outcome = message;
    this.#owner.givenBack?.(value);
    return true;
  }

  /** Begins to wait, and answers what the waiter awaits. */
  wait(options: WaitOptions | undefined): Eventual<T> {
    if (options !== undefined) this.#bound(options);
    if (here.generator) return this.#future = new PlaceFuture(this);
    const promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#task?.beginWait(this);
    return eventual(promise);
  }

  /** Hands over, in the loop's line. */
  static handOver(place: Place<unknown>): void {
    const state = place.#state;
    place.#state = "over";
    if (state === "granted") place.#owner.handedOver?.(place.#outcome);
    place.#release?.();
    const future = place.#future;
    if (future !== null) {
      if (state === "granted" || state === "late") future.settleInPass(place.#outcome);
      else if (state === "failed") future.failInPass(place.#outcome);
      else future.cancelInPass(place.#outcome as string | undefined);
      return;
    }
    const task = place.#task;
    task?.endWait(place);
    if (state === "granted" || state === "late") {
      place.#resolve!(place.#outcome);
    } else if (state === "failed") {
      place.#reject!(place.#outcome);
    } else {
      const error = new CancelledError(place.#outcome as string | undefined);
      place.#reject!(task === null ? error : task.throwing(error));
    }
  }

  #enqueue(state: PlaceState): void {
    this.#state = state;
    if (this.#future === null) this.#loop.ready.wake(Place.handOver, this);
    else this.#loop.ready.push(Place.handOver, this);
  }

  /** Sets up the timer and listens to the signal. */
  #bound({ timeout, signal }: WaitOptions): void {
    let timer: TimerHandle | null = null;
    if (timeout !== undefined && timeout !== Infinity) {
      timer = this.#loop.callLater(timeout, () => this.#leave(() => this.#owner.timedOut()));
    }
    const abort = (): void =>
      this.#leave(() => {
        throw signal!.reason;
      });
    signal?.addEventListener("abort", abort, { once: true });
    this.#release = () => {
      timer?.cancel();
      signal?.removeEventListener("abort", abort);
    };
  }

  /** Gives up, if it still waits, with what `outcome` gives or throws. */
  #leave(outcome: () => T): void {
    if (this.#state !== "waiting") return;
    this.list?.remove(this);
    try {
      this.#outcome = outcome();
      this.#enqueue("late");
    } catch (error) {
      this.fail(error);
    }
  }
}

/** What a generator coroutine waits on: cancelling it gives the place up. */
class PlaceFuture<T> extends LoopFuture<T> {
  readonly #place: Place<T>;

  constructor(place: Place<T>) {
    super(place.loop);
    this.#place = place;
  }

  /** Whether the place was served and the coroutine has only not run yet. */
  get arrived(): boolean {
    return this.#place.arrived;
  }

  override get closed(): boolean {
    return this.#place.closed;
  }

  override cancel(message?: string): boolean {
    return !this.done() && this.#place.cancel(message);
  }
}

/**
 * Puts the caller into `list`.
 *
 * @param binding the loop that the primitive belongs to; waiting in another one fails.
 * @param options bounds the wait; an aborted signal or a passed time end it at once.
 */
export function waitIn<T>(
  list: WaitList<Place<T>>,
  owner: PlaceOwner<T>,
  options?: WaitOptions,
  binding?: LoopBinding,
): Eventual<T> {
  const place = new Place<T>(owner);
  try {
    binding?.check(place.loop);
  } catch (error) {
    return failed(error);
  }
  list.push(place);
  return place.wait(options);
}

/** Refuses bounds that are none, and throws if the signal is aborted; what each bounded wait begins with. */
export function checkBounds(options: WaitOptions): void {
  checkWaitOptions(options);
  options.signal?.throwIfAborted();
}
