import { ReaderLine } from "./reader_line.ts";
import { noteUnretrieved } from "../unretrieved.ts";

/**
 * Reads a slow source so that `return()` ends a `next()` that waits, which no async generator can do by itself.
 *
 * The source is asked for one item at a time; several `next()` at once get items in the order in which they asked.
 */
export class OrderedReads<T, R = void> implements AsyncGenerator<T, R, undefined> {
  readonly #source: Iterator<T, R> | AsyncIterator<T, R>;
  readonly #interrupt: (() => void) | null;
  readonly #readers = new ReaderLine<T, R>();
  #busy = false;
  #ended = false;

  /**
   * @param interrupt makes the source answer soon though it waits for something. Without it a busy source is
   * asked to end after its next item and not waited for, since that item may never come.
   */
  constructor(
    source: Iterator<T, R> | AsyncIterator<T, R>,
    interrupt: (() => void) | null = null,
  ) {
    this.#source = source;
    this.#interrupt = interrupt;
  }

  next(): Promise<IteratorResult<T, R>> {
    if (this.#ended) return Promise.resolve({ done: true, value: undefined as R });
    const { promise } = this.#readers.wait();
    if (!this.#busy) this.#ask();
    return promise;
  }

  async return(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R>> {
    const given = await value as R;
    await this.#end();
    return { done: true, value: given };
  }

  async throw(error: unknown): Promise<IteratorResult<T, R>> {
    await this.#end();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  #ask(): void {
    this.#busy = true;
    const next = async (): Promise<IteratorResult<T, R>> => await this.#source.next();
    next().then((step) => this.#take(step), (error) => this.#fail(error));
  }

  #take(step: IteratorResult<T, R>): void {
    this.#busy = false;
    if (this.#ended) return;
    if (step.done) {
      this.#ended = true;
      this.#readers.end(step.value);
    } else {
      this.#readers.give(step.value);
      if (this.#readers.size > 0) this.#ask();
    }
  }

  #fail(error: unknown): void {
    this.#busy = false;
    if (this.#ended) return reportLate(error);
    this.#ended = true;
    this.#readers.fail(error);
    this.#readers.end(undefined as R);
  }

  async #end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#readers.end(undefined as R);
    const isBusy = this.#busy;
    if (isBusy) this.#interrupt?.();
    const ending = (async () => void await this.#source.return?.())();
    if (!isBusy || this.#interrupt !== null) await ending;
    else ending.catch(reportLate);
  }
}

function reportLate(error: unknown): void {
  noteUnretrieved({}, error, "the source of an async iterator failed after its end");
}
