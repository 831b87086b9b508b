/**
 * Waiting, written once: what a primitive does until it has what it waits for is a generator that yields
 * the word to park on; {@link block} runs it by blocking this thread, `runAsync` with a promise.
 *
 *     function* until(word: number): Waiting<void> {
 *       while (load(word) === 0) yield { at: word, expected: 0 };
 *     }
 *     block(until(word));  await runAsync(until(word));
 */
import { checkWaitOptions, Deadline, type WaitOptions } from "../../core/deadline.ts";
import { addSpan, trace, traceTime } from "../../core/trace.ts";
import { park, type Parked, type ParkOptions } from "./park.ts";
import { spinWhile } from "./spin.ts";
import { stopped } from "../thread/stop_word.ts";
import { WaitKind, waitName } from "./wait_kind.ts";

/** One park that a waiting primitive asks for. */
export interface Step extends ParkOptions {
  /** The word to sleep on. */
  readonly at: number;
  /** What it is while there is nothing to do. */
  readonly expected: number;
  /** Whether a blocking thread spins first; not where being in line is what counts. */
  readonly spin?: boolean;
}

/** A wait in progress: yields parks, is told how they ended, returns what came of it. */
export type Waiting<T> = Generator<Step, T, Parked>;

/** Waits by blocking this thread. */
export function block<T>(waiting: Waiting<T>): T {
  let next = waiting.next();
  while (next.done !== true) {
    const step = next.value;
    const spun = step.spin === true && spinWhile(step.at, step.expected);
    next = waiting.next(spun ? "changed" : sleep(step));
  }
  return next.value;
}

/** Blocks for one step, letting others have their turn where threads take turns. */
function sleep(step: Step): Parked {
  const start = trace.active ? traceTime() : 0;
  const resume = step.kind === WaitKind.gil ? undefined : aside?.();
  const how = park(step.at, step.expected, step);
  resume?.();
  if (trace.active) noteWait(step, start);
  return how;
}

/** Called before this thread blocks; returns what is called after. */
let aside: (() => () => void) | null = null;

/** Has `next` called before each time this thread blocks, and returns what was called before. */
export function onBlock(next: (() => () => void) | null): (() => () => void) | null {
  const before = aside;
  aside = next;
  return before;
}

/** Records a wait in the trace. */
export function noteWait(step: Step, start: number): void {
  const name = waitName(step.kind ?? WaitKind.other);
  addSpan({ lane: trace.lane, name, kind: "lock", start, end: traceTime() });
}

/** The bounds of a wait, checked before anything changes. */
export interface Bounds {
  readonly deadline: Deadline;
  readonly signal: AbortSignal | undefined;
}

const UNBOUND: Bounds = { deadline: Deadline.NEVER, signal: undefined };

/**
 * The bounds that the options of a wait ask for.
 *
 * @param call what waits, as an error names it.
 * @throws {TypeError | RangeError} if they are no options of a wait.
 * @throws the signal's reason, if it is aborted already.
 */
export function boundsOf(options: WaitOptions | undefined, call?: string): Bounds {
  if (options === undefined) return UNBOUND;
  checkWaitOptions(options, call);
  const { timeout, signal } = options;
  signal?.throwIfAborted();
  return { deadline: Deadline.after(timeout), signal };
}

/** Thrown where a wait stands that is withdrawn; whoever runs it knows the rest. */
export const WITHDRAWN: unique symbol = Symbol("withdrawn");

/** Throws what a wait throws that ended because it was stopped, aborted or withdrawn; others go on. */
export function throwIfEnded(how: Parked, what: string, bounds: Bounds): void {
  if (how === "withdrawn") throw WITHDRAWN;
  if (how === "stopped") throw stopped(what);
  if (how === "aborted") throw bounds.signal!.reason;
}
