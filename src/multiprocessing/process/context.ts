import * as everything from "./start_context.ts";
import { checkStartMethod } from "./process_info.ts";

/** The names of this module for one start method. */
export type Context = typeof everything;

/**
 * The names of this module for one way to start processes; there is only `"spawn"`.
 *
 * Source: `multiprocessing.get_context`.
 *
 * @throws {RangeError} if it is not `"spawn"`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { getContext, Process } from "@quartet/concurrency/multiprocessing";
 *
 * assertEquals(getContext("spawn").Process, Process);
 * ```
 */
export function getContext(method = "spawn"): Context {
  checkStartMethod(method);
  return everything;
}
