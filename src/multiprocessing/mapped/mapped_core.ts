import { checkDelay } from "../../core/check.ts";
import { Deadline } from "../../core/deadline.ts";
import type { Bounds, Waiting } from "../../shared/parking/waiting.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import type { Block } from "./block.ts";

/**
 * An object in the family's memory, in its home.
 *
 * A process that has joined that memory uses it there and asks nothing. Those that have not, as children without
 * `--allow-ffi`, ask the home, which acts for them.
 */
export interface MappedCore extends Core {
  readonly block: Block;
}

/** Where an object stands in the family's memory; `null` for one that is served. */
export function blockIn(core: Core | null): Block | null {
  return (core as Partial<MappedCore> | null)?.block ?? null;
}

/**
 * Has a caller of another process wait here.
 *
 * @param timeout milliseconds; `null`: no bound.
 * @throws {TypeError | RangeError} if the timeout is no number: another process may say anything.
 */
export function waitFor<T>(
  { memory }: Block,
  { signal }: Caller,
  timeout: number | null,
  wait: (bounds: Bounds) => Waiting<T>,
): Promise<T> {
  if (timeout !== null) checkDelay(timeout, "timeout");
  signal.throwIfAborted();
  const deadline = timeout === null ? Deadline.NEVER : Deadline.after(timeout);
  return memory.run(wait({ deadline, signal }));
}
