/**
 * Finding threads that wait for each other in a cycle.
 *
 * Where each blocked thread waits is in the lot, and the word of a lock names its holder, so the cycle is
 * a walk through shared memory: the thread, the word that it waits at, the thread that this names, and on.
 * Only waits without a deadline count: any other ends by itself.
 */
import { onNextThread } from "../../core/parts.ts";
import { trace } from "../../core/trace.ts";
import { NODE, readWait, verdictOf, type Wait } from "./parking_lot.ts";
import { registeredThreads, SLOT, slotOf, threadName } from "../thread/thread_slot.ts";
import { HEADER, load, store } from "../memory/words.ts";
import { waitName } from "./wait_kind.ts";

/** Told of a cycle that this thread closes: the waits in order, each for what the next one's thread holds. */
export type DeadlockHook = (cycle: readonly Wait[]) => void;

const print: DeadlockHook = (cycle) => console.error(describeCycle(cycle));
let hook: DeadlockHook = print;

onNextThread(() => {
  hook = print;
});

/** Has every thread look for cycles before it blocks, or not any more. */
export function watchForDeadlocks(on: boolean): void {
  store(HEADER.watching, on ? 1 : 0);
}

/** Has this thread tell `next` of the cycles that it closes; `null`: print them. */
export function setDeadlockHook(next: DeadlockHook | null): void {
  hook = next ?? print;
}

/** Looks for a cycle that this thread closes by the wait that it is about to begin. */
export function checkForDeadlock(thread: number): void {
  if (!trace.active && load(HEADER.watching) === 0) return;
  const cycle = cycleOf(thread);
  if (cycle !== null) hook(cycle);
}

/**
 * The cycle that a thread waits in, beginning with it; `null` if there is none.
 *
 * @param look the wait in which another is blocked; by default a thread of this program.
 */
function cycleOf(
  thread: number,
  look: (thread: number) => Wait | null = blockedOn,
): readonly Wait[] | null {
  const cycle: Wait[] = [];
  for (let next = thread; next !== 0;) {
    const wait = look(next);
    if (wait === null || wait.timed || wait.owner === 0) return null;
    if (cycle.some((each) => each.thread === wait.thread)) return null; // a cycle, but not through it
    cycle.push(wait);
    if (wait.owner === thread) return cycle;
    next = wait.owner;
  }
  return null;
}

/** All cycles of threads that wait for each other; see {@link cycleOf}. */
export function allCycles(
  threads: Iterable<number> = registeredThreads(),
  look: (thread: number) => Wait | null = blockedOn,
): (readonly Wait[])[] {
  const cycles: (readonly Wait[])[] = [];
  const seen = new Set<number>();
  for (const thread of threads) {
    if (seen.has(thread)) continue;
    const cycle = cycleOf(thread, look);
    if (cycle === null) continue;
    for (const wait of cycle) seen.add(wait.thread);
    cycles.push(cycle);
  }
  return cycles;
}

/** The wait in which a thread is blocked; `null` if it is not. */
export function blockedOn(thread: number): Wait | null {
  const node = slotOf(thread) + SLOT.node;
  if (load(node + NODE.listed) !== 1 || verdictOf(load(node + NODE.signal)) !== undefined) {
    return null;
  }
  const wait = readWait(node);
  return wait.thread === thread ? wait : null;
}

/** A cycle in words. */
export function describeCycle(cycle: readonly Wait[]): string {
  const parts = cycle.map(({ thread, kind, address, owner }) =>
    `  ${JSON.stringify(threadName(thread))} waits for ${waitName(kind)} #${address}, which ${
      JSON.stringify(threadName(owner))
    } holds`
  );
  return ["Deadlock: these threads wait for each other", ...parts].join("\n");
}
