import type { TimerHandle } from "../../asyncio/loop/handles.ts";
import { LoopFuture as Future } from "../../asyncio/task/loop_future.ts";
import type { Task } from "../../asyncio/task/task.ts";
import { checkWaitOptions, type WaitOptions } from "../../core/deadline.ts";
import { onDeadlock } from "../../core/deadlock.ts";
import { DeadlockError } from "../../core/errors.ts";
import { unwatchAbort, watchAbort } from "../../core/abort_watch.ts";
import { GreenletTask, runningTask } from "./greenlet_task.ts";

/** How long to wait at most: milliseconds, or options. */
export type WaitBound = number | (WaitOptions & { readonly block?: boolean }) | null | undefined;

/** What the one that is waited for has to do with the wait. */
export interface WaitParts<T> {
  /** What the wait gives, or throws, when its timeout has passed. */
  timedOut?(): T;
  /** Called when the waiter leaves before it is served. */
  left?(wait: Wait<T>): void;
  /** Called when what the waiter was given is not taken, because it was killed in between. */
  givenBack?(value: T): void;
  /** Called when the waiter takes what it was given. */
  handedOver?(): void;
  /** Whether what the waiter is given is a deed that is done, such as a put: a kill then comes too late for it. */
  readonly stands?: boolean;
}

let made = 0;

/** The waits of those who are no greenlets: of the main program, and of bare tasks. */
const ofBystanders = new Set<Wait<unknown>>();

/**
 * One wait of gevent: await it in async functions, delegate to it in generators (`yield* gevent.sleep(10)`).
 *
 *     waiting ──grant, fail──▶ given ──(its turn in the loop)──▶ taken
 *        │                       └──killed in between──▶ given back; a put that is done: taken all the same
 *        └──kill, timeout, signal──▶ left
 */
export class Wait<T> extends Future<T> {
  readonly #parts: WaitParts<T>;
  readonly #host: Task<unknown> | null = runningTask();
  readonly #number = ++made;
  /** What it was given, until its turn in the loop. */
  #given: { readonly value: T } | null = null;
  #awaited = false;
  #timer: TimerHandle | null = null;
  #signal: AbortSignal | null = null;

  /** Begins to wait. */
  constructor(parts: WaitParts<T> = {}, bound?: WaitBound) {
    super();
    this.#parts = parts;
    if (!(this.#host instanceof GreenletTask)) ofBystanders.add(this as Wait<unknown>);
    const { timeout, signal } = boundsOf(bound);
    if (signal?.aborted) this.#abort(signal);
    else if (signal !== undefined) {
      this.#signal = signal;
      watchAbort(signal, this);
    }
    if (timeout !== undefined && timeout !== Infinity && parts.timedOut !== undefined) {
      this.#timer = this.getLoop().callLater(timeout, () => this.#timeOut());
    }
  }

  /**
   * One that has ended with `value` already.
   *
   * @param parts where the value goes back to when it is not taken after all.
   */
  static given<T>(value: T, parts?: WaitParts<T>): Wait<T> {
    const wait = new Wait<T>(parts);
    wait.#settle();
    wait.setResult(value);
    wait.#host?.noteResult();
    return wait;
  }

  /** One that has failed already. */
  static failed<T>(error: unknown): Wait<T> {
    const wait = new Wait<T>();
    wait.giveUp(error);
    return wait;
  }

  /** Serves the waiter; `false` if it has left. */
  grant(value: T): boolean {
    if (this.#ended) return false;
    this.#settle();
    this.#given = { value };
    this.getLoop().ready.push(Wait.#handOver, this);
    return true;
  }

  /** Ends the wait with an error; `false` if it has ended. */
  giveUp(error: unknown): boolean {
    if (this.#ended) return false;
    this.#settle();
    this.fail(error);
    return true;
  }

  /** Ends the wait as cancelled; what was given and not taken goes back. */
  override cancel(message?: string): boolean {
    if (this.done()) return false;
    const given = this.#given;
    if (given === null) this.#leave();
    else if (this.#parts.stands) return false;
    this.#given = null;
    if (given !== null) this.#parts.givenBack?.(given.value);
    return super.cancel(message);
  }

  /**
   * What is done is told, also to one that was killed in between.
   * @internal
   */
  override get handsOver(): boolean {
    return this.#parts.stands === true;
  }

  /**
   * Whether it was given something and has only not had its turn yet.
   * @internal
   */
  override get arrived(): boolean {
    return this.#given !== null;
  }

  /** For `await`. */
  override then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#awaited = true;
    return super.then(onDone, onFailed);
  }

  /**
   * Gives what was handed over back after all, since nobody uses it.
   * @internal
   */
  override giveBack(): void {
    if (!this.#parts.stands) this.#parts.givenBack?.(this.result());
  }

  /** How many waits have begun on this thread. */
  static get begun(): number {
    return made;
  }

  /** Ends what the main program waits for and nothing can end; returns whether there was anything. */
  static endInVain(): boolean {
    let ended = false;
    for (const wait of ofBystanders) {
      if (wait.#host !== null || !wait.#awaited) continue;
      wait.#leave();
      wait.fail(new DeadlockError("This operation would block forever"));
      ended = true;
    }
    return ended;
  }

  /** Throws `error` into the waits of `host`, no greenlet, that began after the first `begun` ones. */
  static interrupt(host: Task<unknown> | null, begun: number, error: Error): void {
    for (const wait of ofBystanders) {
      if (wait.#host !== host || wait.#number <= begun) continue;
      wait.#leave();
      wait.fail(error);
    }
  }

  /**
   * For the signal.
   * @internal
   */
  aborted(signal: { readonly reason: unknown }): void {
    this.#abort(signal);
  }

  /** Whether it has ended, or been given what ends it. */
  get #ended(): boolean {
    return this.#given !== null || this.done();
  }

  static #handOver(wait: Wait<unknown>): void {
    const given = wait.#given;
    if (given === null) return;
    wait.#given = null;
    wait.#parts.handedOver?.();
    wait.settleInPass(given.value);
  }

  #abort(signal: { readonly reason: unknown }): void {
    if (this.#ended) return;
    this.#leave();
    this.fail(signal.reason);
  }

  #timeOut(): void {
    if (this.#ended) return;
    this.#leave();
    try {
      this.setResult(this.#parts.timedOut!());
    } catch (error) {
      this.fail(error);
    }
  }

  #leave(): void {
    this.#settle();
    this.#parts.left?.(this);
  }

  #settle(): void {
    ofBystanders.delete(this as Wait<unknown>);
    this.#timer?.cancel();
    if (this.#signal !== null) unwatchAbort(this.#signal, this);
  }
}

const UNBOUNDED: WaitOptions = Object.freeze({});

/**
 * The bounds of a wait as options.
 *
 * @throws {TypeError} if the timeout is no number, or the signal none.
 * @throws {RangeError} if the timeout is `NaN`.
 */
export function boundsOf(bound: WaitBound): WaitOptions & { readonly block?: boolean } {
  if (bound === undefined || bound === null) return UNBOUNDED;
  const options = typeof bound === "object" ? bound : { timeout: bound };
  checkWaitOptions(options);
  return options;
}

onDeadlock(() => Wait.endInVain());
