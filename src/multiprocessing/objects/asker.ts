import type { Caller } from "./served_objects.ts";

/** Who asks from another process. */
export class Asker implements Caller {
  readonly path: string;
  readonly owner: string;
  readonly #wanted = new AbortController();
  /** Made when it is first asked for: few replies outlast the wish for them. */
  #life: AbortController | null = null;
  #ended: { reason: unknown } | null = null;

  constructor(path: string, owner: string) {
    this.path = path;
    this.owner = owner;
  }

  get signal(): AbortSignal {
    return this.#wanted.signal;
  }

  get gone(): AbortSignal {
    if (this.#life === null) {
      this.#life = new AbortController();
      if (this.#ended !== null) this.#life.abort(this.#ended.reason);
    }
    return this.#life.signal;
  }

  /** The answer is not wanted any more. */
  cancel(reason: unknown): void {
    this.#wanted.abort(reason);
  }

  /** The process has ended. */
  end(reason: unknown): void {
    this.#ended = { reason };
    // First: what still waits for it is not to be served any more.
    this.#life?.abort(reason);
    this.#wanted.abort(reason);
  }
}

/** A question that this process asked. */
export interface Asked {
  readonly home: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}
