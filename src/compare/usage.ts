import type { Crew } from "./crew.ts";
import { portable } from "../wire/mod.ts";

/** What a process has used. */
export interface Usage {
  /** CPU time of all its threads since its start, user and system, in milliseconds. */
  readonly cpuMs: number;
  /** The highest resident memory since its start or the last reset. */
  readonly peakRssBytes: number;
}

/** Reads the figures of the process that it runs in; needs no permission. */
export const readUsage: () => Promise<Usage> = portable(
  import.meta,
  async function readUsage(): Promise<Usage> {
    // Imported when it is called: a worker's start should not pay for it.
    const { default: process } = await import("node:process");
    const { user, system } = process.cpuUsage();
    return {
      cpuMs: (user + system) / 1000,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  },
);

/** Reads what a model uses. */
export interface Meter {
  /** The figures of this process, and those of the processes of `crew`. */
  read(crew: Crew, separate: boolean): Promise<{ own: Usage; others: Usage }>;
  /** Forgets the peak of this process so far; answers whether that was possible. */
  resetPeak(): Promise<boolean>;
  /** The resident memory of this process now. */
  residentBytes(): number;
}

/** Reads the operating system's figures. */
export const systemMeter: Meter = {
  async read(crew, separate) {
    const others = separate ? await crew.broadcast(readUsage) : [];
    return {
      own: await readUsage(),
      others: {
        cpuMs: others.reduce((total, each) => total + each.cpuMs, 0),
        peakRssBytes: others.reduce((total, each) => total + each.peakRssBytes, 0),
      },
    };
  },

  /** Linux lowers the high-water mark to what is resident now when 5 is written here; see proc(5). */
  async resetPeak() {
    if (Deno.build.os !== "linux") return false;
    try {
      await Deno.writeTextFile("/proc/self/clear_refs", "5");
      return true;
    } catch (error) {
      // Deno gives /proc only to programs with every permission; containers may keep it to themselves.
      if (error instanceof Deno.errors.NotCapable) return false;
      if (error instanceof Deno.errors.PermissionDenied) return false;
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  },

  residentBytes: () => Deno.memoryUsage().rss,
};
