import { Future, type Task, type TimerHandle } from "../asyncio/mod.ts";
import { checkWaitOptions, DeadlockError, onDeadlock, type WaitOptions } from "../core/mod.ts";
import { GreenletTask, taskHere } from "./greenlet_task.ts";

/** How long to wait at the most: milliseconds, or options. */
export type WaitBound = number | (WaitOptions & { readonly block?: boolean }) | null | undefined;

/** What the one that is waited for has to do with the wait. */
export interface WaitParts<T> {
  /** What the wait gives, or throws, when its time is over. */
  timedOut?(): T;
  /** Called when the waiter leaves before it is served. */
  left?(wait: Wait<T>): void;
  /** Called when what the waiter was given is not taken, because it was killed in between. */
  givenBack?(value: T): void;
}

let made = 0;

/** The waits of those who are no greenlets: of the main program, and of bare tasks. */
const ofBystanders = new Set<Wait<unknown>>();

/**
 * One wait of gevent: await it in async functions, delegate to it in generators (`yield* gevent.sleep(10)`).
 *
 *     waiting ──grant, fail──▶ given ──(its turn in the loop)──▶ taken
 *        │                       └──killed in between──▶ given back
 *        └──kill, timeout, signal──▶ left
 */
export class Wait<T> extends Future<T> {
  readonly #parts: WaitParts<T>;
  readonly #host: Task<unknown> | null = taskHere();
  readonly #number = ++made;
  #taken = false;
  #awaited = false;
  #timer: TimerHandle | null = null;
  #signal: AbortSignal | null = null;

  /** Begins to wait. */
  constructor(parts: WaitParts<T> = {}, bound: WaitBound = {}) {
    super();
    this.#parts = parts;
    if (!(this.#host instanceof GreenletTask)) ofBystanders.add(this as Wait<unknown>);
    const { timeout, signal } = boundsOf(bound);
    if (signal?.aborted) this.#abort(signal);
    else if (signal !== undefined) {
      this.#signal = signal;
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
    if (timeout !== undefined && timeout !== Infinity && parts.timedOut !== undefined) {
      this.#timer = this.getLoop().callLater(timeout, () => this.#timeOut());
    }
  }

  /** One that has ended with `value` already. */
  static given<T>(value: T): Wait<T> {
    const wait = new Wait<T>();
    wait.grant(value);
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
    if (this.done()) return false;
    this.#settle();
    this.setResult(value);
    return true;
  }

  /** Ends the wait with an error; `false` if it has ended. */
  giveUp(error: unknown): boolean {
    if (this.done()) return false;
    this.#settle();
    this.fail(error);
    return true;
  }

  /** Ends the wait as cancelled; what was given and not taken goes back. */
  override cancel(message?: string): boolean {
    if (!this.done()) {
      this.#leave();
      return super.cancel(message);
    }
    if (!this.#taken && !this.failed) {
      this.#taken = true;
      this.#parts.givenBack?.(super.result());
    }
    return false;
  }

  /** For `await`. */
  override then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#awaited = true;
    return super.then(onDone, onFailed);
  }

  /** The result; whoever asks has taken it. */
  override result(): T {
    if (this.done()) this.#taken = true;
    return super.result();
  }

  /** How many waits have begun on this thread. */
  static get begun(): number {
    return made;
  }

  /** Ends what the main program waits for in vain; answers whether there was anything. */
  static endInVain(): boolean {
    let ended = false;
    for (const wait of ofBystanders) {
      if (wait.#host !== null || !wait.#awaited) continue;
      wait.#leave();
      wait.fail(new DeadlockError("this operation would block forever"));
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

  readonly #onAbort = (): void => {
    if (this.#signal !== null) this.#abort(this.#signal);
  };

  #abort(signal: AbortSignal): void {
    if (this.done()) return;
    this.#leave();
    this.fail(signal.reason);
  }

  #timeOut(): void {
    if (this.done()) return;
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
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}

/**
 * The bounds of a wait as options.
 *
 * @throws {TypeError} if the timeout is no number, or the signal none.
 * @throws {RangeError} if the timeout is `NaN`.
 */
export function boundsOf(bound: WaitBound): WaitOptions & { readonly block?: boolean } {
  const options = typeof bound === "object" ? bound ?? {} : { timeout: bound };
  checkWaitOptions(options);
  return options;
}

onDeadlock(() => Wait.endInVain());
