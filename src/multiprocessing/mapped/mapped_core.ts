import { checkDelay } from "../../core/check.ts";
import { currentWork } from "../../core/current.ts";
import { Deadline, type WaitOptions } from "../../core/deadline.ts";
import { type Bounds, boundsOf, type Waiting } from "../../shared/parking/waiting.ts";
import { CallWork } from "../../wire/rpc/call_work.ts";
import type { Caller, Core } from "../objects/served_objects.ts";
import type { Block } from "./block.ts";
import type { MappedAcquirable } from "./lock.ts";

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
  core: MappedCore,
  { signal }: Caller,
  timeout: number | null,
  wait: (bounds: Bounds) => Waiting<T>,
): Promise<T> {
  if (timeout !== null) checkDelay(timeout, "timeout");
  signal.throwIfAborted();
  const deadline = timeout === null ? Deadline.NEVER : Deadline.after(timeout);
  return core.block.memory.run(wait({ deadline, signal }), core);
}

/**
 * Takes it for a caller of another process, or has that wait here.
 *
 * Several messages of one process come at once, as one that releases and one that acquires. Whoever was woken by the first runs
 * after both; so the caller of the second stands back a moment where somebody waits, or that one would never have its turn.
 */
export async function acquireFor(
  core: MappedCore,
  caller: Caller,
  timeout: number | null,
  acquirable: Pick<MappedAcquirable, "isAwaitedHere" | "tryAcquire" | "acquiring">,
  what: string,
): Promise<boolean> {
  const { owner } = caller;
  if (acquirable.isAwaitedHere) await Promise.resolve();
  caller.signal.throwIfAborted();
  return acquirable.tryAcquire(owner) || await waitFor(
    core,
    caller,
    timeout,
    (bounds) => acquirable.acquiring(owner, what, bounds, false),
  );
}

/**
 * The bounds of a wait that blocks: those of its options, and a request to stop the call that runs here.
 *
 * @throws {TypeError | RangeError} if they are no options of a wait.
 * @throws the signal's reason, if it is aborted already.
 */
export function blockingBounds(options: WaitOptions | undefined, call: string): Bounds {
  const bounds = boundsOf(options, call);
  const work = currentWork();
  if (!(work instanceof CallWork)) return bounds;
  work.signal.throwIfAborted();
  return { deadline: bounds.deadline, signal: work.signal };
}
