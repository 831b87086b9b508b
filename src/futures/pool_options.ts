import { checkDuration, checkOptions, show, toName } from "../core/check.ts";
import type { AnyFunction } from "../wire/codec/portable.ts";
import type { JobRate } from "../wire/pool/job_gate.ts";

/** What thread and process pools can be given. */
export interface PoolOptions {
  /** The most workers; default: as many as there are processors. */
  maxWorkers?: number;
  /** The workers that stay when idle; default 0. Once they have idled for `idleTimeout` they let the program end. */
  minWorkers?: number;
  /** How long a worker may idle before it goes, in milliseconds; default 5000. */
  idleTimeout?: number;
  /** How many jobs may wait; one more fails with `FullError`. Default: any number. */
  maxQueue?: number;
  /**
   * Run in each worker before its first job; if it fails, the executor is broken. So it is when no worker could ever
   * start; otherwise starts that fail are tried again after a growing pause, at most a second, and jobs wait.
   */
  initializer?: (...args: never[]) => unknown;
  /** The arguments of `initializer`. */
  initargs?: unknown[];
  /** What worker names begin with. */
  namePrefix?: string;
  /** How many asynchronous jobs a worker runs at once; default 1. */
  concurrencyPerWorker?: number;
  /** After so many jobs a worker is replaced; default: never. */
  maxTasksPerChild?: number;
  /** How many jobs may begin in how long, over all workers; default: any number. */
  rate?: JobRate;
}

/** The options, checked and with their defaults, as the pool takes them. */
export function poolSettings(options: PoolOptions, prefix: string): {
  maxWorkers: number;
  minWorkers: number;
  idleTimeout: number;
  maxQueue: number;
  concurrency: number;
  maxTasksPerWorker: number;
  namePrefix: string;
  rate: JobRate | undefined;
  initializer: { fn: AnyFunction; args: unknown[] } | null;
} {
  checkOptions(options, "an executor", "maxWorkers: 4");
  const {
    maxWorkers = navigator.hardwareConcurrency,
    minWorkers = 0,
    idleTimeout = 5_000,
    maxQueue = Infinity,
    concurrencyPerWorker = 1,
    maxTasksPerChild = Infinity,
    namePrefix = prefix,
    initializer,
    initargs = [],
  } = options;
  whole("maxWorkers", maxWorkers, 1);
  whole("minWorkers", minWorkers, 0);
  whole("maxQueue", maxQueue, 1);
  whole("concurrencyPerWorker", concurrencyPerWorker, 1);
  whole("maxTasksPerChild", maxTasksPerChild, 1);
  checkDuration(idleTimeout, "idleTimeout");
  if (minWorkers > maxWorkers) {
    throw new RangeError(
      `Cannot use minWorkers ${minWorkers}: it is more than maxWorkers ${maxWorkers}`,
    );
  }
  if (initializer !== undefined && typeof initializer !== "function") {
    throw new TypeError(`Cannot use initializer ${show(initializer)}: give a function`);
  }
  if (!Array.isArray(initargs)) {
    throw new TypeError(`Cannot use initargs ${show(initargs)}: give an array`);
  }
  return {
    maxWorkers,
    minWorkers,
    idleTimeout,
    maxQueue,
    concurrency: concurrencyPerWorker,
    maxTasksPerWorker: maxTasksPerChild,
    namePrefix: toName(namePrefix, "namePrefix"),
    rate: options.rate,
    initializer: initializer === undefined ? null : { fn: initializer, args: initargs },
  };
}

function whole(name: string, value: number, least: number): void {
  if (value === Infinity && name.startsWith("max") && name !== "maxWorkers") return;
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(
      `Cannot use ${name} ${show(value)}: give a whole number of ${least} or more`,
    );
  }
}
