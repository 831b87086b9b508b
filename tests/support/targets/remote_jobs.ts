/** Jobs for workers on other machines: what tests have them do to themselves and to the world. */
import { checkpoint, portable } from "@quartet/concurrency/futures";

export const remoteJobs = portable(import.meta, {
  /** Notes in a file that it began, waits until another file is there, and returns who it was. */
  async waitForFile(folder: string, name: string): Promise<number> {
    await Deno.writeTextFile(`${folder}/began`, `${name} ${Deno.pid}\n`, { append: true });
    for (;;) {
      checkpoint();
      try {
        await Deno.stat(`${folder}/go`);
        return Deno.pid;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },

  /** Notes that it ran, and gives back what it was given. */
  async note(folder: string, n: number): Promise<number> {
    await Deno.writeTextFile(`${folder}/ran`, `${n}\n`, { append: true });
    return n;
  },

  /** Kills the process that it runs in, unless a file says that it shall live. */
  async poison(folder: string): Promise<string> {
    await Deno.writeTextFile(`${folder}/began`, `${Deno.pid}\n`, { append: true });
    try {
      await Deno.stat(`${folder}/antidote`);
      return "cured";
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    Deno.kill(Deno.pid, "SIGKILL");
    return await new Promise<never>(() => {});
  },

  /** Notes that it failed, and fails. */
  async fail(folder: string): Promise<never> {
    await Deno.writeTextFile(`${folder}/failed`, "x\n", { append: true });
    throw new RangeError("on purpose");
  },

  /** Notes that it ran, and computes for so many milliseconds without a pause. */
  compute(folder: string, ms: number): string {
    Deno.writeTextFileSync(`${folder}/ran`, "computed\n", { append: true });
    const until = performance.now() + ms;
    while (performance.now() < until);
    return "computed";
  },

  echo<T>(value: T): T {
    return value;
  },

  /** Gives back so many bytes, or takes them and tells how many there were. */
  bytes(size: number): Uint8Array {
    return new Uint8Array(size).fill(7);
  },

  sum(bytes: Uint8Array): number {
    let sum = 0;
    for (const each of bytes) sum += each;
    return sum;
  },
});
