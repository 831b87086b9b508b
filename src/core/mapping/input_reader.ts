import { isThenable } from "../check.ts";
import { noteUnretrieved } from "../unretrieved.ts";

/** One or several inputs of a map. */
export type AnyInputs = Iterable<unknown> | AsyncIterable<unknown>;

/**
 * Takes rows from one or several inputs, one item of each; ends with the shortest.
 *
 * What plain iterables have comes at once and not a microtask later, so that it is what it was when it was
 * asked for.
 */
export class InputReader {
  readonly #iterators: (Iterator<unknown> | AsyncIterator<unknown>)[];
  /** The iterators that have ended or failed: there is nothing to clean up in them. */
  readonly #over = new Set<number>();
  readonly #awaitsItems: boolean;
  /** The iterator that was asked and has not answered; -1: none. */
  #busy = -1;
  #closed: Promise<void> | null = null;

  /** @param awaitsItems whether promises among the items of plain iterables are awaited. */
  constructor(inputs: readonly AnyInputs[], awaitsItems = false) {
    this.#iterators = inputs.map(iterate);
    this.#awaitsItems = awaitsItems;
  }

  /** The next row, or `null` at the end; a promise of it where an input has none ready. */
  take(): unknown[] | null | Promise<unknown[] | null> {
    return this.#takeFrom(0, []);
  }

  /**
   * Takes no more, and ends when the inputs have cleaned up.
   *
   * An input that is busy with its next item cannot be interrupted: it is asked to end after that and not waited
   * for, since that item may never come. If that fails, it is reported.
   */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  #takeFrom(first: number, row: unknown[]): unknown[] | null | Promise<unknown[] | null> {
    for (let i = first; i < this.#iterators.length; i++) {
      const step = this.#ask(i);
      if (isThenable(step)) return this.#takeLater(i, step, row);
      if (this.#isLast(i, step)) return null;
      if (this.#awaitsItems && isThenable(step.value)) {
        return this.#takeLater(i, step.value.then((value) => ({ done: false, value })), row);
      }
      row.push(step.value);
    }
    return row;
  }

  async #takeLater(
    i: number,
    pending: PromiseLike<IteratorResult<unknown>>,
    row: unknown[],
  ): Promise<unknown[] | null> {
    let step: IteratorResult<unknown>;
    this.#busy = i;
    try {
      step = await pending;
      if (this.#isLast(i, step)) return null;
    } catch (error) {
      this.#over.add(i);
      throw error;
    } finally {
      this.#busy = -1;
    }
    row.push(step.value);
    return this.#closed === null ? await this.#takeFrom(i + 1, row) : null;
  }

  #ask(i: number): IteratorResult<unknown> | Promise<IteratorResult<unknown>> {
    try {
      return this.#iterators[i]!.next();
    } catch (error) {
      this.#over.add(i);
      throw error;
    }
  }

  #isLast(i: number, step: IteratorResult<unknown>): boolean {
    if (typeof step !== "object" || step === null) {
      this.#over.add(i);
      throw new TypeError(
        `Cannot map over an iterator whose next() returns ${step}: it must return { value, done }`,
      );
    }
    if (step.done) this.#over.add(i);
    return step.done ?? false;
  }

  async #close(): Promise<void> {
    const endings = this.#iterators.map((iterator, i) => {
      if (this.#over.has(i)) return undefined;
      const isBusy = i === this.#busy;
      const ending = (async () => void await iterator.return?.())();
      if (!isBusy) return ending;
      ending.catch((error) => noteUnretrieved({}, error, "an input of a map failed after its end"));
      return undefined;
    });
    const errors = (await Promise.allSettled(endings))
      .flatMap((each) => each.status === "rejected" ? [each.reason] : []);
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} clean-ups failed`);
  }
}

function iterate(inputs: AnyInputs): Iterator<unknown> | AsyncIterator<unknown> {
  return Symbol.asyncIterator in Object(inputs)
    ? (inputs as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    : (inputs as Iterable<unknown>)[Symbol.iterator]();
}
