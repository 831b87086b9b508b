/** The numbers of this process's children. Linux. */
export function children(): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc/self/task")) { // a child belongs to the thread that started it
    try {
      const text = Deno.readTextFileSync(`/proc/self/task/${name}/children`);
      found.push(...text.split(" ").filter(Boolean).map(Number));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // that thread has just ended
    }
  }
  return found;
}

/** Whether a process lives, wherever it has been given to since it was started. Linux. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Error && error.message.includes("No such process")) return false;
    throw error;
  }
}

/** Kills a process that may have ended; returns whether it was there. */
export function killIfThere(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Kills one of this process's children every `ms` milliseconds, in turn, until it is disposed of; but none while
 * `progress()` is what it was at the last kill: on a busy machine children may take longer than `ms` to start.
 */
export class Killer implements Disposable {
  /** How many were killed. */
  kills = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(ms: number, progress: () => unknown) {
    let before: unknown;
    this.#timer = setInterval(() => {
      if (progress() === before) return;
      const all = children();
      const pid = all[this.kills % all.length];
      if (pid === undefined || !killIfThere(pid)) return;
      this.kills++;
      before = progress();
    }, ms);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
