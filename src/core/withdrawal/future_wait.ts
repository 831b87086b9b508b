import { PromisedWait } from "./promised_wait.ts";
import type { Source } from "./withdrawable.ts";

/** What a {@link FutureWait} has to do with its future. */
export interface Waitable<T> {
  /** Has one of the two called when the future has ended; returns what takes that back. */
  listen(done: (value: T) => void, failed: (error: unknown) => void): () => void;
  /** Cancels the work, if it has not begun. */
  cancel(message: string | undefined): void;
}

/** The result is the future's, for all its waiters: nothing goes back. */
const SHARED: Source<unknown> = { stands: true };

/**
 * The wait of a task for a future of no loop, as of an executor.
 *
 * As of Python's `wrap_future`: a task that is cancelled leaves at once and cancels the work that has not begun; work that
 * runs goes on.
 */
export class FutureWait<T> extends PromisedWait<T> {
  readonly #future: Waitable<T>;
  readonly #unlisten: () => void;
  #message: string | undefined = undefined;

  constructor(future: Waitable<T>) {
    super(SHARED);
    this.#future = future;
    this.#unlisten = future.listen((value) => this.grant(value), (error) => this.fail(error));
    this.begin();
  }

  override cancel(message?: string): boolean {
    this.#message = message;
    return super.cancel(message);
  }

  protected override leave(): void {
    this.#unlisten();
    this.#future.cancel(this.#message);
    this.withdrawn();
  }
}
