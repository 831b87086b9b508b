import { captureArguments, type EncodedValue } from "../codec/codec.ts";
import { type AnyFunction, type Target, targetOf } from "../codec/portable.ts";
import type { Reach } from "../rpc/transport.ts";

/**
 * One call on its way: what is run where, and who is told.
 *
 * Exactly one of `done`, `failed` and `lost` is called, once; a job that was taken back before it began is
 * simply handed on. That is the settle-everything guarantee of the executors.
 */
export interface Job {
  /** The function, kept so that its run times can be remembered. */
  readonly fn: AnyFunction;
  readonly target: Target;
  /** What it is called with; read when it is handed over, unless it is here already, `encoded`. */
  readonly args: readonly unknown[];
  /** Its arguments as they were when it was made, behind the values of context variables that go along. */
  readonly encoded?: EncodedValue | null;
  /** Whether the one argument is a list of argument lists; see `Mode.CHUNK`. */
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

/** A job whose outcome is a promise; for calls that are not scheduled, such as an initializer. */
export function promisedJob(
  fn: AnyFunction,
  args: unknown[],
): { job: Job; outcome: Promise<unknown> } {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const job: Job = {
    fn,
    target: targetOf(fn),
    args,
    isChunk: false,
    onItems: null,
    done: resolve,
    failed: reject,
    lost: reject,
  };
  return { job, outcome: promise };
}

/**
 * What a call is sent with, as it is now.
 *
 * @throws {TransferError} if it cannot cross.
 */
export function captureCall(
  args: readonly unknown[],
  carried: Record<string, unknown> | null | undefined,
  reach: Reach,
): EncodedValue {
  return captureArguments(
    carried === undefined || carried === null ? args : [carried, ...args],
    reach,
  );
}

/** Whether something is moved with a job: it can be sent only once. */
export function isMoving(encoded: EncodedValue | null | undefined): boolean {
  return encoded?.moves !== undefined && encoded.moves.length > 0;
}
