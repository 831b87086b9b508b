import { Wait, type WaitBound } from "./wait.ts";

/** Who waits for one thing, in the order of coming; each can leave at once. */
export class WaitLine<T> {
  readonly #waits = new Set<Wait<T>>();

  /** How many wait. */
  get size(): number {
    return this.#waits.size;
  }

  /** Begins to wait at the end of the line. */
  join(
    bound: WaitBound,
    timedOut: () => T,
    givenBack?: (value: T) => void,
  ): Wait<T> {
    const wait = new Wait<T>(
      { timedOut, givenBack, left: (one) => void this.#waits.delete(one) },
      bound,
    );
    if (!wait.done()) this.#waits.add(wait);
    return wait;
  }

  /** Serves the first; `false` when nobody waits. */
  serve(value: T): boolean {
    for (const wait of this.#waits) {
      this.#waits.delete(wait);
      if (wait.grant(value)) return true;
    }
    return false;
  }

  /** Serves all. */
  serveAll(value: T): void {
    while (this.serve(value));
  }

  /** Ends all waits with an error. */
  fail(error: unknown): void {
    for (const wait of this.#waits) {
      this.#waits.delete(wait);
      wait.giveUp(error);
    }
  }
}
