import { isThenable } from "../check.ts";
import { noteUnretrieved } from "../unretrieved.ts";

/** One or several inputs of a map. */
export type AnyInputs = Iterable<unknown> | AsyncIterable<unknown>;

/** Stands for the next row behind the last. */
export const END: unique symbol = Symbol("the end of the inputs");

/** Stands for the next row where an input has none ready. */
export class LateRow {
  /** The row, or {@link END}. */
  readonly promise: Promise<unknown>;

  constructor(promise: Promise<unknown>) {
    this.promise = promise;
  }
}

/**
 * Takes rows from one or several inputs, one item of each; ends with the shortest. With one input its item is the row.
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
  /** The one input if it is an array, which is read by index: that takes a tenth of the time. */
  readonly #array: readonly unknown[] | null;
  #index = 0;

  /** @param awaitsItems whether promises among the items of plain iterables are awaited. */
  constructor(inputs: readonly AnyInputs[], awaitsItems = false) {
    this.#iterators = inputs.map(iterate);
    this.#awaitsItems = awaitsItems;
    const [first] = inputs;
    this.#array = inputs.length === 1 && isArray(first) ? first : null;
  }

  /** Whether a row is one bare item. */
  get isFlat(): boolean {
    return this.#iterators.length === 1;
  }

  /** The next row, or {@link END}; a {@link LateRow} where an input has none ready. */
  take(): unknown {
    return this.#array === null ? this.#takeFrom(0, null) : this.#takeFromArray(this.#array);
  }

  /** Puts the next rows behind `rows` until there are `count`, as far as they stand in an array and need no wait. */
  takeReady(rows: unknown[], count: number): void {
    const array = this.#array;
    if (array === null || this.#over.size > 0) return;
    let index = this.#index;
    while (rows.length < count && index < array.length) {
      const item = array[index];
      if (this.#awaitsItems && isThenable(item)) break;
      rows.push(item); // a list made with its length would be cloned in four times the time
      index++;
    }
    this.#index = index;
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

  /** What its iterator would give: an array may change while it is read. */
  #takeFromArray(array: readonly unknown[]): unknown {
    if (this.#over.size > 0) return END;
    if (this.#index >= array.length) {
      this.#over.add(0);
      return END;
    }
    const item = array[this.#index++];
    if (!this.#awaitsItems || !isThenable(item)) return item;
    const later = item.then((value) => ({ done: false, value }));
    return new LateRow(this.#takeLater(0, later, null));
  }

  /** The row, of which the items before `first` are there. */
  #takeFrom(first: number, before: unknown[] | null): unknown {
    const row = before ?? (this.isFlat ? null : []);
    for (let i = first; i < this.#iterators.length; i++) {
      const step = this.#ask(i);
      if (isThenable(step)) return new LateRow(this.#takeLater(i, step, row));
      if (this.#isLast(i, step)) return END;
      if (this.#awaitsItems && isThenable(step.value)) {
        const later = step.value.then((value) => ({ done: false, value }));
        return new LateRow(this.#takeLater(i, later, row));
      }
      if (row === null) return step.value;
      row.push(step.value);
    }
    return row;
  }

  async #takeLater(
    i: number,
    pending: PromiseLike<IteratorResult<unknown>>,
    row: unknown[] | null,
  ): Promise<unknown> {
    let step: IteratorResult<unknown>;
    this.#busy = i;
    try {
      step = await pending;
      if (this.#isLast(i, step)) return END;
    } catch (error) {
      this.#over.add(i);
      throw error;
    } finally {
      this.#busy = -1;
    }
    if (this.#closed !== null) return END;
    if (row === null) return step.value;
    row.push(step.value);
    const whole = this.#takeFrom(i + 1, row);
    return whole instanceof LateRow ? await whole.promise : whole;
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

/** Whether an input is an array that is iterated as arrays are. */
function isArray(input: unknown): input is readonly unknown[] {
  return Array.isArray(input) && input[Symbol.iterator] === Array.prototype[Symbol.iterator] &&
    !(Symbol.asyncIterator in input);
}

function iterate(inputs: AnyInputs): Iterator<unknown> | AsyncIterator<unknown> {
  return Symbol.asyncIterator in Object(inputs)
    ? (inputs as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    : (inputs as Iterable<unknown>)[Symbol.iterator]();
}
