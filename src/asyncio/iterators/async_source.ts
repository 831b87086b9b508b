import { show } from "../../core/check.ts";
import { CancelledError } from "../../core/errors.ts";
import { noteUnretrieved } from "../../core/unretrieved.ts";

/** What the async iterators take: async iterables, and plain ones, the promises in which are awaited. */
export type Source<T> = AsyncIterable<T> | Iterable<T | PromiseLike<T>>;

/**
 * Begins to iterate over a source.
 *
 * @throws {TypeError} if it is not iterable.
 */
export function openSource<T>(source: Source<T>): AsyncIterator<T> {
  const any = Object(source) as Partial<AsyncIterable<T> & Iterable<T | PromiseLike<T>>>;
  if (typeof any[Symbol.asyncIterator] === "function") return any[Symbol.asyncIterator]!();
  checkSource(source);
  const iterator = any[Symbol.iterator]!();
  const settle = async (
    result: IteratorResult<T | PromiseLike<T>>,
  ): Promise<IteratorResult<T>> =>
    result.done ? result : { value: await result.value, done: false };
  return {
    next: () => {
      const result = iterator.next();
      const isPlain = result.done || result.value === null ||
        (typeof result.value !== "object" && typeof result.value !== "function");
      return isPlain ? Promise.resolve(result as IteratorResult<T>) : settle(result);
    },
    return: async (value) =>
      iterator.return ? await settle(iterator.return(value)) : { value, done: true },
  };
}

/** Refuses what is not iterable. */
export function checkSource(source: unknown): void {
  const any = Object(source) as Record<symbol, unknown>;
  if (typeof any[Symbol.asyncIterator] === "function") return;
  if (typeof any[Symbol.iterator] === "function") return;
  throw new TypeError(
    `Cannot iterate over ${show(source)}: ` +
      "it is neither an async iterable nor an iterable",
  );
}

/** What a source says when it is asked. */
export type Answer<T> = PromiseSettledResult<IteratorResult<T>>;

/** A source with what is known of it: whether it has ended and whether an item is on its way. */
export class Lane<T> {
  readonly #source: Source<T>;
  /** Opened when it is first asked. */
  #iterator: AsyncIterator<T> | null = null;
  #busy = false;
  #ended = false;
  #stopped = false;
  #leave: (() => void) | null = null;

  constructor(source: Source<T>) {
    this.#source = source;
  }

  /** Whether it was asked and has not answered. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Whether it has given its last item, or failed. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Asks for the next item. `deliver` gets the answer in the same step in which `busy` and `ended` change, so
   * whoever looks at these never sees one without the other; it must not throw.
   */
  ask(deliver: (answer: Answer<T>) => void): void {
    this.#busy = true;
    const settle = (answer: Answer<T>): void => {
      this.#answered(answer.status === "rejected" || (answer.value.done ?? false));
      deliver(answer);
    };
    this.#next().then(
      (value) => settle({ status: "fulfilled", value }),
      (reason) => settle({ status: "rejected", reason }),
    );
  }

  /** The next item; the end too, once `stop` was called. */
  take(): Promise<IteratorResult<T>> {
    const end = { done: true, value: undefined } as const;
    if (this.#stopped) return Promise.resolve(end);
    this.#busy = true;
    return new Promise((resolve, reject) => {
      this.#leave = () => resolve(end);
      this.#next().then((step) => {
        this.#answered(step.done ?? false);
        resolve(step);
      }, (error) => {
        this.#answered(true);
        reject(error);
      });
    });
  }

  /** A `take` that waits ends, and so does every later one. */
  stop(): void {
    this.#stopped = true;
    this.#leave?.();
  }

  /** What the source gives, which may be no promise; a failure that comes after the end is reported. */
  async #next(): Promise<IteratorResult<T>> {
    try {
      this.#iterator ??= openSource(this.#source);
      return await this.#iterator.next();
    } catch (error) {
      if (this.#ended) reportLater(Promise.reject(error), "the source of an async iterator");
      throw error;
    }
  }

  #answered(isLast: boolean): void {
    this.#busy = false;
    this.#leave = null;
    if (isLast) this.#ended = true;
  }

  /**
   * Ends the source early and waits until it has cleaned up.
   *
   * A source that is busy with its next item cannot be interrupted: it is asked to end after that, and not
   * waited for, since that item may never come. If that fails later, it is reported.
   */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const ending = this.#iterator?.return?.();
    if (!this.#busy) await ending;
    else if (ending !== undefined) reportLater(ending, "the source of an async iterator");
  }
}

/** Ends several; what fails comes out when all have ended, several failures as an `AggregateError`. */
export async function endAll(lanes: readonly Lane<unknown>[]): Promise<void> {
  const endings = await Promise.allSettled(lanes.map((lane) => lane.end()));
  throwFailures(endings);
}

/** Throws what is rejected among `outcomes`: one as it is, several as an `AggregateError`. */
function throwFailures(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const errors = outcomes.flatMap((each) => each.status === "rejected" ? [each.reason] : []);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} clean-ups failed`);
}

/** Lets go of a promise that nobody waits for any more; a failure is reported, not swallowed. */
export function reportLater(promise: PromiseLike<unknown>, what: string): void {
  promise.then(undefined, (error) => {
    // Work that was cancelled together with its consumer has ended as it should.
    if (!(error instanceof CancelledError)) {
      noteUnretrieved({}, error, `${what} failed after its end`);
    }
  });
}

/** A bell to wait at: a change rings it, and its waiters look again. */
export class Bell {
  #ring: (() => void) | null = null;
  #ended = false;

  /** Resolves at the next ring. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#ring = resolve);
  }

  /** Whether nobody is to wait any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Wakes the waiters, for the last time. */
  end(): void {
    this.#ended = true;
    this.ring();
  }

  /** Wakes the waiters. */
  ring(): void {
    const ring = this.#ring;
    this.#ring = null;
    ring?.();
  }
}
