/**
 * Threads that were ended and did not stop.
 *
 * A worker that executes cannot be stopped from outside, and one that goes on executing keeps the process
 * from ending, without any event that says so (denoland/deno#35657). So once there is such a thread, this
 * looks every quarter of a second whether anything else is left to do, and ends the process when not.
 */
import { type ClockTimer, setBackgroundTimer } from "../../core/clock.ts";
import { addLiveSource } from "../../core/parts.ts";
import { openResources } from "./leavings.ts";

/** How often to look, and how often in a row nothing must be left. */
const PERIOD = 250;
const TIMES = 2;

const names = new Map<object, string>();
let timer: ClockTimer | null = null;

addLiveSource("zombie", () => names.values());

/** Notes a thread that does not stop. */
export function addZombie(thread: object, name: string): void {
  names.set(thread, name);
  if (timer === null) watch(0);
}

/** The thread has stopped after all. */
export function removeZombie(thread: object): void {
  names.delete(thread);
  if (names.size > 0) return;
  timer?.cancel();
  timer = null;
}

/** The names of the threads that were ended and did not stop. */
export function zombieThreads(): string[] {
  return [...names.values()];
}

function watch(idle: number): void {
  timer = setBackgroundTimer(() => {
    const next = nothingElse() ? idle + 1 : 0;
    if (next < TIMES) return watch(next);
    console.error(
      `Ending the process: nothing is left to do, and these threads would not stop: ${
        zombieThreads().join(", ")
      }. A thread stops at checkpoint() or in a wait of quartet's.`,
    );
    Deno.exit();
  }, PERIOD);
}

/** Whether nothing that could still do something is open in this process. */
function nothingElse(): boolean {
  const { process } = globalThis as unknown as {
    process: { getActiveResourcesInfo(): string[] };
  };
  return process.getActiveResourcesInfo().length === 0 && othersOpen() === 0;
}

/**
 * How many resources are open but for the standard streams and, for each of these threads, the wait for its
 * death. The platform counts them for itself only; where it does not say, believe that there are some.
 */
function othersOpen(): number {
  const kinds = openResources();
  if (kinds === undefined) return Infinity;
  const others = kinds.filter((kind) =>
    !["stdin", "stdout", "stderr", "pendingWebLock"].includes(kind)
  );
  const waits = kinds.filter((kind) => kind === "pendingWebLock");
  return others.length + Math.max(0, waits.length - names.size);
}
