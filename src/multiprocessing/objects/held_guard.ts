import { Guard } from "../../core/guard.ts";

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
