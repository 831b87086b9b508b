import type { Future } from "./future.ts";

/** Called with the future once it has ended. */
export type DoneCallback<T> = (future: Future<T>) => void;

/** What is stored of the waiters; its type is kept out of it, so that `Future<T>` stays covariant. */
export type Waiting = DoneCallback<never> | Waker<never>;

/** What waits for a future without a closure of its own; it looks at the outcome when it is woken. */
export interface Waker<T> {
  /** Called once with the future when it has ended. */
  wake(future: Future<T>): void;
}
