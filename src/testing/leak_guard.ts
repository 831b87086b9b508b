import { checkDuration, checkOptions } from "../core/check.ts";
import { realClock } from "../core/clock.ts";
import { letGoOfSpares, type LiveThing, liveThings } from "../core/parts.ts";

/** How a {@linkcode LeakGuard} looks. */
export interface LeakGuardOptions {
  /** Real milliseconds that what was told to end may take to be gone; default 2000. */
  readonly grace?: number;
  /** Whether to ask the operating system too, where it tells; default `true`. */
  readonly system?: boolean;
}

/**
 * Fails when what ran between its making and its end left anything running; made by {@linkcode leakGuard}.
 */
export class LeakGuard implements AsyncDisposable {
  readonly #before: readonly LiveThing[];
  readonly #grace: number;
  readonly #system: boolean;

  /** Remembers what runs now. */
  constructor(options: LeakGuardOptions = {}) {
    checkOptions(options, "leakGuard()", "grace: 1000");
    const { grace = 2000, system = true } = options;
    checkDuration(grace, "grace");
    this.#grace = grace;
    this.#system = system;
    this.#before = everything(system);
  }

  /** What runs now and did not at the beginning, after giving it the time of grace to end. */
  async leftovers(): Promise<LiveThing[]> {
    const end = realClock.now() + this.#grace;
    letGoOfSpares();
    while (true) {
      const left = without(everything(this.#system), this.#before);
      if (left.length === 0 || realClock.now() >= end) return left;
      await new Promise<void>((resolve) => realClock.setTimer(resolve, 5));
    }
  }

  /**
   * Resolves when nothing is left.
   *
   * @throws {Error} that names everything that is left.
   */
  async check(): Promise<void> {
    const left = await this.leftovers();
    if (left.length === 0) return;
    const list = left.map((thing) => `  - ${thing.kind} ${thing.name}`).join("\n");
    throw new Error(`Leak guard: ${left.length} left running\n${list}`);
  }

  /** The same as `check()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.check();
  }
}

/**
 * Watches that nothing is left running: threads, child processes, tasks, timers, pending parks.
 *
 * Deno's own sanitizers look at ops and resources, but a leaked worker passes them. This guard asks two
 * witnesses, at its making and at its end:
 *
 * - the library: each of its parts that is loaded lists what is alive;
 * - the operating system, where it tells: on Linux the threads of workers and the children of this process. It
 *   sees what the library lost sight of, a thread that would not stop above all.
 *
 * What ends by itself is given a moment to do so. Workers and children that are only kept to be used again are let go of.
 *
 * @returns a guard for `await using`; or call its `check()`, for example in `Deno.test.afterAll`.
 *
 * @example
 * ```ts
 * import { leakGuard } from "@quartet/concurrency/testing";
 *
 * Deno.test("leaves nothing running", async () => {
 *   await using _guard = leakGuard();
 *   // what is to be tested
 * });
 * ```
 */
export function leakGuard(options?: LeakGuardOptions): LeakGuard;
/** Watches over `fn` alone, and returns what it gives. */
export function leakGuard<T>(
  fn: () => T | PromiseLike<T>,
  options?: LeakGuardOptions,
): Promise<T>;
/** Watches that nothing is left running. */
export function leakGuard<T>(
  first: LeakGuardOptions | (() => T | PromiseLike<T>) = {},
  options: LeakGuardOptions = {},
): LeakGuard | Promise<T> {
  return typeof first === "function" ? watch(first, options) : new LeakGuard(first);
}

async function watch<T>(fn: () => T | PromiseLike<T>, options: LeakGuardOptions): Promise<T> {
  await using _guard = new LeakGuard(options);
  return await fn();
}

/** All that runs now, by both witnesses. */
function everything(system: boolean): LiveThing[] {
  const seen = liveThings();
  return system ? [...seen, ...systemThreads(), ...systemChildren()] : seen;
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

/**
 * The threads of workers; Deno names them `worker-N`, each with a number of its own. A thread that such a
 * one starts bears its name too, until it has given itself another.
 */
function systemThreads(): LiveThing[] {
  const names = tasks().map((task) => read(`/proc/self/task/${task}/comm`).trim());
  return [...new Set(names)].filter((name) => name.startsWith("worker-"))
    .map((name) => ({ kind: "system thread", name }));
}

/** The children of this process, by their process id. */
function systemChildren(): LiveThing[] {
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

/** Reading about a thread that has just ended returns ESRCH, which has no class of its own. */
function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable ||
    error instanceof Deno.errors.PermissionDenied ||
    (error instanceof Error && error.message.includes("No such process"));
}
