/**
 * Proof that something is held, for `using`: disposing it gives it back, once.
 *
 * @example
 * ```ts
 * import { Lock } from "@quartet/concurrency/asyncio";
 *
 * const lock = new Lock();
 * {
 *   using _held = await lock.acquire();
 * } // released here, also when the block throws
 * ```
 */
export class Guard implements Disposable {
  #release: (() => void) | null;

  /** Calls `release` at its first disposal. */
  constructor(release: () => void) {
    this.#release = release;
  }

  /** Gives it back; a second time nothing happens. */
  [Symbol.dispose](): void {
    const release = this.#release;
    this.#release = null;
    release?.();
  }
}
