/**
 * Finding threads that wait for each other in a circle.
 *
 * Where each blocked thread waits is in the lot, and the word of a lock names its holder, so the circle is
 * a walk through shared memory: the thread, the word that it waits at, the thread that this names, and on.
 * Only waits without a deadline count: any other ends by itself.
 */
import { trace } from "../../core/trace.ts";
import { NODE, readWait, verdictOf, type Wait } from "./parking_lot.ts";
import { enrolledThreads, SLOT, slotOf, threadName } from "../thread/thread_slot.ts";
import { HEADER, load, store } from "../memory/words.ts";
import { waitName } from "./wait_kind.ts";

/** Told of a circle that this thread closes: the waits in order, each for what the next one's thread holds. */
export type DeadlockHook = (circle: readonly Wait[]) => void;

const print: DeadlockHook = (circle) => console.error(tellCircle(circle));
let hook: DeadlockHook = print;

/** Has every thread look for circles before it blocks, or not any more. */
export function watchForDeadlocks(on: boolean): void {
  store(HEADER.watching, on ? 1 : 0);
}

/** Has this thread tell `next` of the circles that it closes; `null`: print them. */
export function setDeadlockHook(next: DeadlockHook | null): void {
  hook = next ?? print;
}

/** Looks for a circle that this thread closes by the wait that it is about to begin. */
export function lookForCircle(thread: number): void {
  if (!trace.active && load(HEADER.watching) === 0) return;
  const circle = circleOf(thread);
  if (circle !== null) hook(circle);
}

/** The circle that a thread waits in, beginning with it; `null` if there is none. */
export function circleOf(thread: number): readonly Wait[] | null {
  const circle: Wait[] = [];
  for (let next = thread; next !== 0;) {
    const wait = blockedOn(next);
    if (wait === null || wait.timed || wait.owner === 0) return null;
    if (circle.some((each) => each.thread === wait.thread)) return null; // a circle, but not through it
    circle.push(wait);
    if (wait.owner === thread) return circle;
    next = wait.owner;
  }
  return null;
}

/** All circles of threads that wait for each other. */
export function allCircles(): (readonly Wait[])[] {
  const circles: (readonly Wait[])[] = [];
  const seen = new Set<number>();
  for (const thread of enrolledThreads()) {
    if (seen.has(thread)) continue;
    const circle = circleOf(thread);
    if (circle === null) continue;
    for (const wait of circle) seen.add(wait.thread);
    circles.push(circle);
  }
  return circles;
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

/** A circle in words. */
export function tellCircle(circle: readonly Wait[]): string {
  const parts = circle.map(({ thread, kind, address, owner }) =>
    `  ${JSON.stringify(threadName(thread))} waits for ${waitName(kind)} #${address}, which ${
      JSON.stringify(threadName(owner))
    } holds`
  );
  return ["Deadlock: these threads wait for each other", ...parts].join("\n");
}
