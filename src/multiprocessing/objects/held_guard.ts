import { Guard, type Releasable } from "../../core/guard.ts";

/**
 * Proof that something shared between processes is held: `await using` waits until it is given back,
 * `using` sends the release and goes on. Disposing it twice does nothing.
 */
export class HeldGuard extends Guard implements AsyncDisposable {
  #done: Promise<void> | null = null;

  constructor(release: () => Promise<void>) {
    super(() => this.#done = release());
  }

  /** Gives it back and waits until its home knows. */
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await this.#done;
  }
}

/** Proof that something in the family's memory is held, which is given back at once. Keeps its object from being collected. */
export class MappedGuard extends Guard implements AsyncDisposable {
  /** What speaks for it in this process. */
  readonly object: object;

  constructor(object: object, held: Releasable) {
    super(held);
    this.object = object;
  }

  /** Gives it back. */
  [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    return DONE;
  }
}

const DONE = Promise.resolve();
