import { portable } from "../../wire/codec/portable.ts";
import type { ModelExecutor } from "../models/load_model.ts";

/** Where the workers of a model are. */
export type Workplace = "here" | "threads" | "processes";

/** What a thread has spent since it began, in milliseconds. */
export interface ThreadTimes {
  readonly cpuMs: number;
  /** How long it wanted to compute and others had the cores; 0 where the system does not tell. */
  readonly coreWaitMs: number;
}

/** Reads what the work uses. */
export interface Meter {
  /** The times of this thread since it began; of the whole process where no thread can be told apart. */
  ownTimes(): ThreadTimes;
  /** CPU time of the model's workers together. */
  workersCpuMs(executor: ModelExecutor, where: Workplace): Promise<number>;
  /** The highest resident memory of this process since the last reset, and of the model's processes together. */
  peaks(executor: ModelExecutor, where: Workplace): Promise<{ own: number; others: number }>;
  /** Forgets the peak of this process so far; returns whether that was possible. */
  resetPeak(): Promise<boolean>;
  /** The resident memory of this process now. */
  residentBytes(): number;
}

/** What Deno lets a program do; only one that may do everything gets at /proc. */
const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;

/** Nanoseconds that this thread has run, and that it has waited for a core; see the kernel's sched-stats. */
const THREAD = "/proc/thread-self/schedstat";
const STATUS = "/proc/self/status";
const CLEAR = "/proc/self/clear_refs";

/** The far side: CPU time of the thread that it runs in, in milliseconds; `null` where no thread can be told apart. */
export const readThreadCpu: () => Promise<number | null> = portable(
  import.meta,
  async function readThreadCpu(): Promise<number | null> {
    return readThreadTimes(await loadProcess())?.cpuMs ?? null;
  },
);

/** How long this thread has waited for a core, in milliseconds; `null` where no thread can be told apart. */
export function readCoreWait(): number | null {
  return readThreadTimes()?.coreWaitMs ?? null;
}

/**
 * The times of this thread; `null` where it cannot be told apart.
 *
 * Of a thread that runs the kernel knows the CPU time of its last tick, some milliseconds ago. To ask for that of the
 * `process` brings this thread's up to date.
 */
function readThreadTimes(process?: Process): ThreadTimes | null {
  process?.cpuUsage();
  const text = tryProc(() => Deno.readTextFileSync(THREAD));
  if (text === undefined) return null;
  const [cpu, wait] = text.split(" ");
  return { cpuMs: Number(cpu) / 1e6, coreWaitMs: Number(wait) / 1e6 };
}

/** The far side: CPU time of a process that is there for the work alone. */
export const readProcessCpu: () => Promise<number> = portable(
  import.meta,
  async function readProcessCpu(): Promise<number> {
    return await readThreadCpu() ?? cpuOf(await loadProcess());
  },
);

/**
 * The far side: the high-water mark of its process, or what is resident now where that cannot be read.
 *
 * Not from `getrusage`: on Linux a process that was just started has the peak of the one that started it.
 */
export const readPeak: () => number = portable(import.meta, function readPeak(): number {
  const status = tryProc(() => Deno.readTextFileSync(STATUS));
  const mark = status?.match(/^VmHWM:\s+(\d+) kB$/m)?.[1];
  return mark === undefined ? Deno.memoryUsage().rss : Number(mark) * 1024;
});

/** Reads the operating system's figures. */
export async function openMeter(): Promise<Meter> {
  const process = await loadProcess();
  const byThread = readThreadTimes() !== null;
  return {
    ownTimes: () => byThread ? readThreadTimes(process)! : { cpuMs: cpuOf(process), coreWaitMs: 0 },

    async workersCpuMs(executor, where) {
      if (where === "here") return 0;
      if (where === "processes") return sum(await executor.broadcast(readProcessCpu));
      // Those of the threads are in that of the process already where threads cannot be told apart.
      return byThread ? sum((await executor.broadcast(readThreadCpu)).map(Number)) : 0;
    },

    async peaks(executor, where) {
      const others = where === "processes" ? await executor.broadcast(readPeak) : [];
      return { own: readPeak(), others: sum(others) };
    },

    /** Linux lowers the high-water mark to what is resident now when 5 is written here; see proc(5). */
    resetPeak: () =>
      Promise.resolve(tryProc(() => (Deno.writeTextFileSync(CLEAR, "5"), true)) ?? false),

    residentBytes: () => Deno.memoryUsage().rss,
  };
}

/** What is asked of Node's `process`: microseconds. */
interface Process {
  cpuUsage(): { readonly user: number; readonly system: number };
}

/** Imported when it is needed: a worker's start should not pay for it. */
async function loadProcess(): Promise<Process> {
  return (await import("node:process")).default;
}

/** The CPU time of this process, in milliseconds. */
function cpuOf(process: Process): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}

/** Whether everything is permitted, so that Deno lets /proc be read without asking the user. */
let permitted: boolean | undefined;

/** Does something with /proc; `undefined` where there is none or it is not for us. */
function tryProc<T>(act: () => T): T | undefined {
  if (Deno.build.os !== "linux") return undefined;
  permitted ??= PERMISSIONS.every((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  if (!permitted) return undefined;
  try {
    return act();
  } catch (error) {
    // Containers may keep it to themselves.
    if (error instanceof Deno.errors.NotCapable) return undefined;
    if (error instanceof Deno.errors.PermissionDenied) return undefined;
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
