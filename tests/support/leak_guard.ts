/**
 * Fails a test file that leaves anything running: threads, child processes, timers, pending parks.
 *
 * Import it first in a test file, for its effect:
 *
 *     import "../support/leak_guard.ts";
 *
 * The runner's own sanitizers (switched on in deno.json) look at ops and resources after each test, but
 * a leaked worker passes them. So after the last test of the file this guard asks two witnesses:
 *
 * - the library: what its parts list as alive (`liveThings`), which knows timers, tasks and parks;
 * - the operating system, where it tells: on Linux the threads named for workers and the children of
 *   this process. It sees what the library lost sight of, a thread that would not stop above all.
 *
 * What ends by itself is given a moment to do so.
 */
import { type LiveThing, liveThings } from "../../src/core/mod.ts";

/** How long what was told to end may take to be gone. */
const GRACE = 2000;

/** Files that run at the same time share one process, so there the system's count says nothing. */
const besideOthers = commandLine().includes("--parallel");

const before = everything();

Deno.test.afterAll(async () => {
  const left = await leftovers(before);
  if (left.length === 0) return;
  const list = left.map((thing) => `  - ${thing.kind} ${thing.name}`).join("\n");
  throw new Error(`Leak guard: this file left ${left.length} running\n${list}`);
});

/** What runs now and did not in `before`, after giving it `grace` milliseconds to end. */
export async function leftovers(
  before: readonly LiveThing[],
  grace: number = GRACE,
): Promise<LiveThing[]> {
  const end = performance.now() + grace;
  while (true) {
    const left = without(everything(), before);
    if (left.length === 0 || performance.now() >= end) return left;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** All that runs now, by both witnesses. */
export function everything(): LiveThing[] {
  return [...liveThings(), ...systemThreads(), ...systemChildren()];
}

/** Takes each of `known` out of `all` once. */
function without(all: readonly LiveThing[], known: readonly LiveThing[]): LiveThing[] {
  const key = (thing: LiveThing): string => `${thing.kind}\0${thing.name}`;
  const counts = new Map<string, number>();
  for (const thing of known) counts.set(key(thing), (counts.get(key(thing)) ?? 0) + 1);
  return all.filter((thing) => {
    const count = counts.get(key(thing)) ?? 0;
    counts.set(key(thing), count - 1);
    return count <= 0;
  });
}

/** The threads of workers; Deno names them `worker-N`. */
function systemThreads(): LiveThing[] {
  if (besideOthers) return [];
  return tasks().flatMap((task) => {
    const name = read(`/proc/self/task/${task}/comm`).trim();
    return name.startsWith("worker-") ? [{ kind: "system thread", name: `${name} (${task})` }] : [];
  });
}

/** The children of this process, by their process id. */
function systemChildren(): LiveThing[] {
  if (besideOthers) return [];
  return tasks().flatMap((task) =>
    read(`/proc/self/task/${task}/children`).split(" ").filter((pid) => pid.trim() !== "")
      .map((pid) => ({
        kind: "child process",
        name: `${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").slice(0, 200).trim()}`,
      }))
  );
}

function tasks(): string[] {
  return present(() => [...Deno.readDirSync("/proc/self/task")].map((task) => task.name), []);
}

function commandLine(): string[] {
  return read("/proc/self/cmdline").split("\0");
}

/** The text of a file of /proc; empty where there is none, or the thread has just ended. */
function read(path: string): string {
  return present(() => Deno.readTextFileSync(path), "");
}

/** `look()`, or `otherwise` where the system has no such file or does not let us see it. */
function present<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch (error) {
    if (isAbsence(error)) return otherwise;
    throw error;
  }
}

/** Reading about a thread that has just ended answers ESRCH, which has no class of its own. */
function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable ||
    error instanceof Deno.errors.PermissionDenied ||
    (error instanceof Error && error.message.includes("No such process"));
}
