import { CancelledError } from "../errors.ts";
import { afterWait, granted, type Source } from "../withdrawal/withdrawable.ts";

/** What one item is taken by; a wait that ends with the signal and has then taken nothing. */
export type TakeItem<T> = (options: { signal: AbortSignal }) => PromiseLike<T>;

/** What may have an item ready, which is then taken without a wait. */
export interface ReadyItems<T> {
  /** Whether an item can be taken now. */
  readonly available: boolean;
  /** Takes it. */
  take(): T;
  /** Where an item goes back to that nobody uses. */
  readonly taking: Source<T>;
}

const END = { done: true, value: undefined } as const;

/**
 * Iterates by taking items one by one from something that serves its takers in their order: a queue, a channel.
 *
 * Each `next()` is a take of its own, so several at once get what is theirs; `return()` withdraws the waiters,
 * and no item is taken for nobody.
 */
export class PulledItems<T> implements AsyncGenerator<T, void, undefined> {
  readonly #take: TakeItem<T>;
  readonly #isEnd: (error: unknown) => boolean;
  readonly #controller = new AbortController();
  readonly #endsAll: boolean;
  readonly #ready: ReadyItems<T> | null;
  /** Where a result goes back to. */
  readonly #results: Source<IteratorResult<T, void>> = {
    returned: (result) => this.#ready!.taking.returned?.(result.value as T, null),
  };
  #ended = false;

  /**
   * @param isEnd whether a take that failed so means that there are no more items.
   * @param endsAll whether that is told to one taker only, so that the others must be told here.
   * @param ready what is asked first for an item that needs no wait; default: nothing.
   */
  constructor(
    take: TakeItem<T>,
    isEnd: (error: unknown) => boolean,
    endsAll = false,
    ready: ReadyItems<T> | null = null,
  ) {
    this.#take = take;
    this.#isEnd = isEnd;
    this.#endsAll = endsAll;
    this.#ready = ready;
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.#ended) return Promise.resolve(END);
    let item: PromiseLike<T>;
    try {
      if (this.#ready !== null && this.#ready.available) {
        return granted(toResult(this.#ready.take()), this.#results);
      }
      item = this.#take(this.#controller);
    } catch (error) {
      item = Promise.reject(error);
    }
    return afterWait<T, IteratorResult<T, void>>(item, toResult, (error) => {
      if (this.#ended) return END; // it was withdrawn, or another reader was told
      if (error instanceof CancelledError) throw error; // only this one was given up
      this.#ended = true;
      if (this.#endsAll) this.#controller.abort();
      if (this.#isEnd(error)) return END;
      throw error;
    });
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#end();
    return Promise.resolve(END);
  }

  throw(error: unknown): Promise<IteratorResult<T, void>> {
    this.#end();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    return Promise.resolve();
  }

  #end(): void {
    this.#ended = true;
    this.#controller.abort();
  }
}

function toResult<T>(value: T): IteratorResult<T, void> {
  return { done: false, value };
}
