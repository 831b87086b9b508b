import type { ModelExecutor } from "../models/load_model.ts";
import { portable } from "../../wire/codec/portable.ts";

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
    return { cpuMs: (user + system) / 1000, peakRssBytes: await readPeak() };
  },
);

/**
 * The high-water mark, or what is resident now where that cannot be read.
 *
 * Not from `getrusage`: on Linux a process that was just started has the peak of the one that started it.
 */
async function readPeak(): Promise<number> {
  const status = await tryProc(() => Deno.readTextFile("/proc/self/status"));
  const mark = status?.match(/^VmHWM:\s+(\d+) kB$/m)?.[1];
  return mark === undefined ? Deno.memoryUsage().rss : Number(mark) * 1024;
}

/** What Deno lets a program do; only one that may do everything gets at /proc. */
const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;

/** Does something with /proc; `undefined` where there is none or it is not for us. Never has Deno ask the user. */
async function tryProc<T>(act: () => Promise<T>): Promise<T | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  for (const name of PERMISSIONS) {
    if ((await Deno.permissions.query({ name })).state !== "granted") return undefined;
  }
  try {
    return await act();
  } catch (error) {
    // Containers may keep it to themselves.
    if (error instanceof Deno.errors.NotCapable) return undefined;
    if (error instanceof Deno.errors.PermissionDenied) return undefined;
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Reads what a model uses. */
export interface Meter {
  /** The figures of this process, and those of the processes of `executor`. */
  read(executor: ModelExecutor, separate: boolean): Promise<{ own: Usage; others: Usage }>;
  /** Forgets the peak of this process so far; returns whether that was possible. */
  resetPeak(): Promise<boolean>;
  /** The resident memory of this process now. */
  residentBytes(): number;
}

/** Reads the operating system's figures. */
export const systemMeter: Meter = {
  async read(executor, separate) {
    const others = separate ? await executor.broadcast(readUsage) : [];
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
    const path = "/proc/self/clear_refs";
    return await tryProc(() => Deno.writeTextFile(path, "5").then(() => true)) ?? false;
  },

  residentBytes: () => Deno.memoryUsage().rss,
};
