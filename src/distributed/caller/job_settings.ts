import {
  checkCount,
  checkDuration,
  checkFunction,
  checkOptions,
  checkText,
  show,
} from "../../core/check.ts";
import type { AnyFunction } from "../../wire/codec/portable.ts";
import { targetOf } from "../../wire/codec/portable.ts";
import type { JobSettings } from "../../wire/pool/job.ts";
import type { RetryHead } from "../records.ts";

/** How often, and when, a job that fails is tried again. */
export interface RetryOptions {
  /** How many attempts there are at most, the first included. */
  attempts: number;
  /** The pause before the second attempt, in milliseconds; default 100. */
  delay?: number;
  /** How much longer each further pause is; default 2. */
  factor?: number;
  /** The longest pause, in milliseconds; default a minute. */
  maxDelay?: number;
  /** Whether each pause is cut by up to a half at random, so that many jobs are not tried again at once; default true. */
  jitter?: boolean;
  /**
   * For which errors. It is called where the job runs, so it has to be portable, in a module that the workers allow.
   * Default: for all.
   */
  when?: (error: never) => boolean | Promise<boolean>;
}

/** How many jobs of one kind run at once, over all workers. */
export interface LimitOptions {
  /** The name of the kind, as of a customer or a host. */
  key: string;
  /** At most how many of them run at once; all jobs with the key should say the same. */
  max: number;
}

/** What one job can be given beside its arguments. */
export interface NatsJobSettings extends JobSettings {
  /** How often, and when, it is tried again when it fails; default: never. */
  retries?: RetryOptions;
  /** How long it waits before it may run, in milliseconds; default 0. */
  delay?: number;
  /**
   * Which job this is: as long as it waits, runs, or has its result there, another with the same key is the same job,
   * whoever submits it, and gets its result. Default: each is another.
   */
  key?: string;
  /** How many of its kind run at once; default: any number. */
  limit?: LimitOptions;
}

/** Refuses what cannot be meant, before anything is sent. */
export function checkNatsSettings({ retries, delay, key, limit }: NatsJobSettings): void {
  if (delay !== undefined) checkDuration(delay, "delay");
  if (key !== undefined) checkText(key, "key");
  if (limit !== undefined) {
    checkOptions(limit, "limit", 'key: "tenant", max: 2');
    checkText(limit.key, "limit.key");
    checkCount(limit.max, "limit.max");
  }
  if (retries === undefined) return;
  checkOptions(retries, "retries", "attempts: 3");
  checkCount(retries.attempts, "retries.attempts");
  for (const name of ["delay", "maxDelay"] as const) {
    if (retries[name] !== undefined) checkDuration(retries[name], `retries.${name}`);
  }
  const { factor = 2, when, jitter = true } = retries;
  if (typeof factor !== "number" || !(factor >= 1) || factor === Infinity) {
    throw new RangeError(`Cannot use retries.factor ${show(factor)}: give a number, 1 or more`);
  }
  if (typeof jitter !== "boolean") {
    throw new TypeError(`Cannot use retries.jitter ${show(jitter)}: give true or false`);
  }
  if (when !== undefined) checkFunction(when, "retries.when");
}

/** The longest pause that can be written, in milliseconds: a year. */
const A_YEAR = 31_536_000_000;

/** The same as it travels. */
export function retryHead(retries: RetryOptions | undefined): RetryHead | undefined {
  if (retries === undefined) return undefined;
  const { attempts, delay = 100, factor = 2, maxDelay = 60_000, jitter = true, when } = retries;
  const head = {
    attempts,
    delay: Math.min(delay, A_YEAR),
    factor,
    maxDelay: Math.min(maxDelay, A_YEAR),
    jitter,
  };
  return when === undefined ? head : { ...head, when: targetOf(when as AnyFunction) };
}
