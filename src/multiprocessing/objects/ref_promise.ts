import { thisNode } from "./node.ts";

/**
 * A promise that keeps this process alive while somebody awaits it, although the child behind it does not.
 *
 * Handling only its failure (`catch`) is no waiting.
 */
export class RefPromise<T> extends Promise<T> {
  /** What is derived from it is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  override then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const settled = (): void => {};
    thisNode().waiting(super.then(settled, settled));
    return super.then(onDone, onFailed);
  }

  override catch<B = never>(
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<T | B> {
    return super.then(null, onFailed);
  }
}
