/** Jobs that are tried again, wait, or may not overlap. */
import { checkpoint, portable } from "@quartet/concurrency/futures";
import { OrderError } from "./jobs.ts";

function note(folder: string, file: string, line: string): number {
  Deno.writeTextFileSync(`${folder}/${file}`, `${line}\n`, { append: true });
  return Deno.readTextFileSync(`${folder}/${file}`).split("\n").length - 1;
}

async function goes(folder: string): Promise<void> {
  for (;;) {
    checkpoint();
    try {
      await Deno.stat(`${folder}/go`);
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

let inside = 0;

export const settingJobs = portable(import.meta, {
  /** Fails twice, and returns how often it was tried. */
  failTwice(folder: string): number {
    const tries = note(folder, "tries", "x");
    if (tries < 3) throw new RangeError(`attempt ${tries}`);
    return tries;
  },

  failWithOrder(folder: string): never {
    note(folder, "orders", "x");
    throw new OrderError("no such order", 1);
  },

  isOrder(error: unknown): boolean {
    return error instanceof OrderError;
  },

  /** Waits without end the first time. */
  async lateOnce(folder: string): Promise<string> {
    if (note(folder, "late", "x") === 1) await goes(folder);
    return "in time";
  },

  now(): number {
    return Date.now();
  },

  /** Returns how many of its kind run at most while it does. */
  async alone(folder: string): Promise<number> {
    let most = ++inside;
    for (let turn = 0; turn < 5; turn++) {
      await Deno.stat(folder);
      most = Math.max(most, inside);
    }
    inside--;
    return most;
  },

  /** Gives one item, and another once a file is there; notes its end. */
  async *countAndWait(folder: string): AsyncGenerator<number> {
    try {
      yield 0;
      await goes(folder);
      yield 1;
    } finally {
      note(folder, "left", "x");
    }
  },

  /** Counts without end, and notes how far it came. */
  *countForever(folder: string): Generator<number> {
    let n = 0;
    try {
      for (;;) yield n++;
    } finally {
      note(folder, "counted", String(n));
    }
  },
});
