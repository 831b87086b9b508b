/** The processes around this one. */
import { checkOptions, show } from "../../core/check.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { identity, MAIN_NAME } from "./process_identity.ts";
import type { Process } from "./process.ts";

/** The children that run. */
export const children: Set<Process> = new Set();

/** What is known of this process or its parent. */
export interface ProcessInfo {
  /** Its name. */
  readonly name: string;
  /** Its number in the system. */
  readonly pid: number;
  /** Whether it is ended with its parent. */
  readonly daemon: boolean;
  /** Whether it runs. */
  readonly isAlive: boolean;
}

/**
 * The children of this process that run.
 *
 * Source: `multiprocessing.active_children`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activeChildren } from "@quartet/concurrency/multiprocessing";
 *
 * assertEquals(activeChildren(), []);
 * ```
 */
export function activeChildren(): Process[] {
  return [...children];
}

/**
 * This process.
 *
 * Source: `multiprocessing.current_process`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { currentProcess } from "@quartet/concurrency/multiprocessing";
 *
 * assertEquals(currentProcess().pid, Deno.pid);
 * ```
 */
export function currentProcess(): ProcessInfo {
  const { info } = identity;
  const { name, daemon } = info ?? { name: MAIN_NAME, daemon: false };
  return Object.freeze({ name, pid: Deno.pid, daemon, isAlive: true });
}

/**
 * The process that started this one; `null` in one that nobody of this library started.
 *
 * Source: `multiprocessing.parent_process`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parentProcess } from "@quartet/concurrency/multiprocessing";
 *
 * assertEquals(parentProcess(), null);
 * ```
 */
export function parentProcess(): ProcessInfo | null {
  const { info } = identity;
  if (info === null) return null;
  return Object.freeze({
    name: info.parentName,
    pid: info.parentPid,
    daemon: false,
    get isAlive(): boolean {
      return Deno.ppid === info.parentPid;
    },
  });
}

/**
 * How many processors this process may use.
 *
 * Source: `multiprocessing.cpu_count`.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { cpuCount } from "@quartet/concurrency/multiprocessing";
 *
 * assert(cpuCount() >= 1);
 * ```
 */
export function cpuCount(): number {
  return navigator.hardwareConcurrency;
}

/** The ways to start a process: one. */
export const startMethods: readonly ["spawn"] = Object.freeze(["spawn"] as const);

/**
 * The way in which processes are started here: always `"spawn"`, a new Deno that imports the target's module.
 *
 * Source: `multiprocessing.get_start_method`.
 */
export function getStartMethod(): "spawn" {
  return "spawn";
}

/** All ways to start a process: `["spawn"]`. A Deno cannot be forked. */
export function getAllStartMethods(): string[] {
  return [...startMethods];
}

let chosen = false;

/**
 * Chooses the way to start processes.
 *
 * @throws {RangeError} if it is not `"spawn"`.
 * @throws {InvalidStateError} if it was chosen before, unless `force` is set.
 */
export function setStartMethod(method: string, options: { force?: boolean } = {}): void {
  checkStartMethod(method);
  checkOptions(options, "setStartMethod()", "force: true");
  if (chosen && !options.force) {
    throw new InvalidStateError("Cannot choose the start method: it has been chosen");
  }
  chosen = true;
}

/** Refuses a way to start processes that there is not. */
export function checkStartMethod(method: string): void {
  if (method !== "spawn") {
    throw new RangeError(`Cannot find context for ${show(method)}: there is only "spawn"`);
  }
}
