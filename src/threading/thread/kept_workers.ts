/**
 * Workers whose thread has ended and that wait for another one: such a start costs a message, not a new worker.
 *
 * - A worker is kept when its thread ended by itself and left nothing behind that can be seen (`leavings.ts`).
 * - It waits for ten seconds (`entry.ts`), keeps no process alive, and is let go of with the thread that keeps it.
 * - It is used while the permissions are those that it began with.
 * - Modules are kept with it, as they are between the threads of a process in Python. What belongs to a thread is not.
 */
import { addSpares } from "../../core/parts.ts";
import { onThreadEnd } from "../../core/parts.ts";
import { canLetGo } from "./process_hold.ts";
import type { ThreadWorker } from "./thread_worker.ts";

/** How many wait at most: as many as can run at once, but not fewer than this. */
const FEWEST = 4;
const MOST = Math.max(FEWEST, navigator.hardwareConcurrency);

/** Those that wait, the one that has waited longest first. */
const kept: ThreadWorker[] = [];

addSpares(dismissAll);
onThreadEnd({ held: () => [], release: dismissAll });

/** Keeps a worker that is free. */
export function keepWorker(worker: ThreadWorker): void {
  worker.hold(false);
  if (!canLetGo || !worker.hasPermissionsOfNow) return worker.dismiss();
  worker.onFailed = worker.onLeft = () => forget(worker);
  kept.push(worker);
  if (kept.length > MOST) kept.shift()!.dismiss();
}

/** The worker that has waited the shortest time and may be used; `null` if there is none. */
export function takeKeptWorker(): ThreadWorker | null {
  while (true) {
    const worker = kept.pop();
    if (worker === undefined) return null;
    if (!worker.hasPermissionsOfNow) worker.dismiss();
    else if (worker.take()) return worker;
  }
}

/** It has ended by itself. */
function forget(worker: ThreadWorker): void {
  const at = kept.indexOf(worker);
  if (at >= 0) kept.splice(at, 1);
}

function dismissAll(): void {
  for (const worker of kept.splice(0)) worker.dismiss();
}
