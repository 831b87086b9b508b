import { checkCount, checkOptions, show } from "../../core/check.ts";
import type { AnyFunction } from "../../wire/codec/portable.ts";
import type { PoolSettings } from "../../wire/pool/pool_settings.ts";
import type { ProcessPermissions } from "../process/permissions.ts";

/** How a pool is made. */
export interface PoolOptions {
  /** How many processes; by default as many as there are processors. */
  readonly processes?: number;
  /** After so many tasks (calls, or chunks of calls) a process is replaced; by default never. */
  readonly maxTasksPerChild?: number;
  /** Run in each process before its first task; when it fails, the pool is broken. */
  readonly initializer?: (...args: never[]) => unknown;
  /** The arguments of `initializer`. */
  readonly initargs?: readonly unknown[];
  /** What the processes may do; by default what this one may. */
  readonly permissions?: ProcessPermissions | "inherit" | "none";
  /** Environment variables for the processes, on top of this one's. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The options, checked and with their defaults, as a pool of so many workers that stay.
 *
 * @throws {RangeError} if a count is no whole number above zero.
 * @throws {TypeError} if the initializer is no function, or its arguments are no array.
 */
export function fixedSettings(
  options: PoolOptions | number,
): Omit<PoolSettings, "reach" | "namePrefix" | "start" | "zombies"> {
  const given = typeof options === "number" ? { processes: options } : options;
  checkOptions(given, "a pool", "processes: 2");
  const { processes = navigator.hardwareConcurrency, maxTasksPerChild = Infinity } = given;
  const { initializer, initargs = [] } = given;
  checkCount(processes, "processes");
  if (maxTasksPerChild !== Infinity) checkCount(maxTasksPerChild, "maxTasksPerChild");
  if (initializer !== undefined && typeof initializer !== "function") {
    throw new TypeError(`Cannot use initializer ${show(initializer)}: give a function`);
  }
  if (!Array.isArray(initargs)) {
    throw new TypeError(`Cannot use initargs ${show(initargs)}: give an array`);
  }
  return {
    maxWorkers: processes,
    minWorkers: processes,
    idleTimeout: Infinity,
    maxQueue: Infinity,
    concurrency: 1,
    maxTasksPerWorker: maxTasksPerChild,
    initializer: initializer === undefined
      ? null
      : { fn: initializer as AnyFunction, args: [...initargs] },
  };
}

/** How many calls go out at once: a number, or by itself. */
export interface ChunkOptions {
  /** How many calls go to a process at a time. */
  readonly chunkSize?: number;
}

/** Inputs, one after another. */
export type Inputs<T> = Iterable<T> | AsyncIterable<T>;

/** The size of chunks that was asked for. */
export function chunkSize(chunk: number | ChunkOptions | undefined): number | undefined {
  if (chunk !== undefined && typeof chunk !== "number") {
    checkOptions(chunk, "a map, in the place of chunk,", "chunkSize: 10");
  }
  const size = typeof chunk === "object" ? chunk.chunkSize : chunk;
  if (size !== undefined) checkCount(size, "chunkSize");
  return size;
}
