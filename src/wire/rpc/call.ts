import type { EncodedValue } from "../codec/codec.ts";
import { type AnyFunction, type Target, targetOf } from "../codec/portable.ts";

/**
 * One call of a function on the far side: what is run, and who is told.
 *
 * Exactly one of `done`, `failed` and `lost` is called, once; a call that is taken back before it began is told
 * nothing. That is the settle-everything guarantee of the executors.
 */
export interface Call {
  /** The function, by which its number over there is found. */
  readonly fn: AnyFunction;
  readonly target: Target;
  /** What it is called with; read when it is handed over, unless it is here already, `encoded`. */
  readonly args: readonly unknown[];
  /** Its arguments as they were when it was made, behind the values of context variables that go along. */
  readonly encoded?: EncodedValue | null;
  /** Whether the arguments are those of many calls; see `Mode.CHUNK`. */
  readonly isChunk: boolean;
  /** For a generator: told of each item. */
  readonly onItems: ((items: unknown[]) => void) | null;
  /** Values of context variables, by name, that go along. */
  readonly carried?: Record<string, unknown> | null;
  /** Told what the call tells of itself. */
  readonly onProgress?: ((progress: unknown) => void) | undefined;
  /** It ended with a value. */
  done(value: unknown): void;
  /** It ended with an error. */
  failed(error: unknown): void;
  /** Its worker is gone; `error` tells what is known. */
  lost(error: Error): void;
}

/** A call whose outcome is a promise; for what is not scheduled, such as a broadcast. */
export function promisedCall(
  fn: AnyFunction,
  args: unknown[],
): { call: Call; outcome: Promise<unknown> } {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const call: Call = {
    fn,
    target: targetOf(fn),
    args,
    isChunk: false,
    onItems: null,
    done: resolve,
    failed: reject,
    lost: reject,
  };
  return { call, outcome: promise };
}
