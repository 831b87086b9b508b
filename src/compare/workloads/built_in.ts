import { checkCount, checkDuration } from "../../core/check.ts";
import { cpu } from "./cpu.ts";
import { file } from "./file.ts";
import { io } from "./io.ts";
import { lock } from "./lock.ts";
import { memory } from "./memory.ts";
import { messages } from "./messages.ts";
import { mixed } from "./mixed.ts";
import { pipeline } from "./pipeline.ts";
import type { Workload } from "./workload.ts";
import type { WorkloadSize } from "./workload_size.ts";

/** A built-in workload. */
interface Maker {
  readonly make: (size: WorkloadSize) => Workload;
  /** What `size` means; absent where it has no meaning. */
  readonly size?: string;
  /** What `delay` means; absent where it has no meaning. */
  readonly delay?: string;
}

/** The workloads that come with the package. */
const MAKERS: Readonly<Record<string, Maker>> = {
  cpu: { make: cpu, size: "numbers in which a task counts the primes" },
  io: { make: io, size: "bytes of a picture", delay: "the site takes for a picture" },
  messages: { make: messages, size: "characters that cross with a call, there and back" },
  memory: { make: memory, size: "numbers of all tasks together" },
  file: { make: file, size: "bytes of a file", delay: "between writing a file and reading it" },
  mixed: {
    make: mixed,
    size: "numbers in which a task counts the primes",
    delay: "a task waits before",
  },
  lock: { make: lock, size: "turns of a task", delay: "a task holds the lock" },
  pipeline: { make: pipeline, size: "items of a producer", delay: "a producer takes for an item" },
};

/** Their names. */
export const BUILT_IN: readonly string[] = Object.keys(MAKERS);

/** Those that are measured when none is named, in order. */
export const DEFAULT_WORKLOADS: readonly string[] = ["cpu", "io", "messages", "memory"];

/** What `size` or `delay` means for a workload; `undefined` where it has no meaning. */
export function meaningOf(name: string, option: "size" | "delay"): string | undefined {
  return MAKERS[name]?.[option];
}

/**
 * The built-in workload of that name.
 *
 * @throws {TypeError} if there is none, or the size or delay means nothing for it.
 * @throws {RangeError} if `tasks` or `size` is no whole number from 1, or `delay` is below 0.
 */
export function builtIn(name: string, size: WorkloadSize = {}): Workload {
  const maker = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (maker === undefined) {
    throw new TypeError(`Cannot measure workload "${name}": there are ${BUILT_IN.join(", ")}`);
  }
  if (size.tasks !== undefined) checkCount(size.tasks, "tasks");
  if (size.size !== undefined) checkCount(size.size, "size");
  if (size.delay !== undefined) checkDuration(size.delay, "delay");
  for (const option of ["size", "delay"] as const) {
    if (size[option] !== undefined && maker[option] === undefined) {
      throw new TypeError(`Cannot measure workload ${name} with a ${option}: it has none`);
    }
  }
  return maker.make(size);
}
