/** How something that a generator waited for came out. */
export interface Outcome {
  readonly failed: boolean;
  readonly value: unknown;
}

/** What a stepper needs to know of the way it is used. */
export interface StepperParts {
  /** Waits for what was yielded and resumes the stepper with the outcome, now or later; may throw into the generator. */
  wait(yielded: unknown): void;
  /** Told once how the generator ended. */
  end(outcome: Outcome): void;
}

/**
 * Carries a generator from one thing it waits for to the next.
 *
 * An outcome that is there at once is taken up in the loop, not by recursion, so a generator may wait a
 * million times for what is already done.
 */
export class Stepper {
  readonly #generator: Generator<unknown, unknown, unknown>;
  readonly #parts: StepperParts;
  #stepping = false;
  #ended = false;
  #next: Outcome | null = null;

  constructor(generator: Generator<unknown, unknown, unknown>, parts: StepperParts) {
    this.#generator = generator;
    this.#parts = parts;
  }

  /** Goes on with `outcome`; after the end nothing happens. */
  resume(outcome: Outcome): void {
    if (this.#ended) return;
    this.#next = outcome;
    if (this.#stepping) return;
    this.#stepping = true;
    while (this.#next !== null) {
      const current: Outcome = this.#next;
      this.#next = null;
      this.#step(current);
    }
    this.#stepping = false;
  }

  /** Ends the generator where it waits, or, if it is running, at its next wait; `end` is not told. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#stepping) this.#generator.return(undefined);
  }

  #step(outcome: Outcome): void {
    let result: IteratorResult<unknown, unknown>;
    try {
      result = outcome.failed
        ? this.#generator.throw(outcome.value)
        : this.#generator.next(outcome.value);
    } catch (error) {
      this.#end({ failed: true, value: error });
      return;
    }
    if (result.done) {
      this.#end({ failed: false, value: result.value });
      return;
    }
    if (this.#ended) {
      this.#generator.return(undefined);
      return;
    }
    try {
      this.#parts.wait(result.value);
    } catch (error) {
      this.#next = { failed: true, value: error };
    }
  }

  #end(outcome: Outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.end(outcome);
  }
}
