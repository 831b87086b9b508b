import { Deque, type Future } from "../core/mod.ts";

/** The items of a generator that runs elsewhere, as they arrive. */
export class ItemStream<Y> implements AsyncIterableIterator<Y> {
  readonly #items = new Deque<Y>();
  readonly #taken: (count: number) => void;
  readonly #finish: () => void;
  #end: Future<unknown> | null = null;
  #wake: (() => void) | null = null;
  #left = false;

  /** `taken` says that the reader took items; `finish` that it wants no more. */
  constructor(taken: (count: number) => void, finish: () => void) {
    this.#taken = taken;
    this.#finish = finish;
  }

  /** Items have arrived. */
  readonly onItems = (items: unknown[]): void => {
    for (const item of items) this.#items.push(item as Y);
    this.#wake?.();
  };

  /** Ends with the job. */
  endsWith(end: Future<unknown>): void {
    this.#end = end;
    end.addDoneCallback(() => this.#wake?.());
  }

  /** The next item; what the generator returned is the value of the last result. */
  async next(): Promise<IteratorResult<Y>> {
    while (!this.#left) {
      if (this.#items.size > 0) {
        const value = this.#items.shift() as Y;
        this.#taken(1);
        return { done: false, value };
      }
      if (this.#end?.done()) {
        this.#left = true;
        return { done: true, value: this.#end.result() };
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = null;
    }
    return { done: true, value: undefined };
  }

  /** Wants no more items; ends when the generator's `finally` has run. */
  async return(value?: unknown): Promise<IteratorResult<Y>> {
    if (!this.#left) {
      this.#left = true;
      this.#finish();
      if (!this.#end?.cancelled()) await this.#end; // a failing `finally` is the reader's to know
    }
    return { done: true, value };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** For `await using`: as `return`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
