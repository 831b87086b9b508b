import { realClock } from "../../core/clock.ts";
import type { Subprocess } from "../../asyncio/mod.ts";
import { temporaryFolder } from "../workloads/temporary_folder.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Result } from "./comparison.ts";
import { formatCount, formatTime } from "./figures.ts";
import { speedupOver, summarize } from "../verdict/speedup.ts";

/** The interpreters that are looked for, and what each runs; a free-threaded one has no lock to show processes beside. */
const INTERPRETERS: readonly Interpreter[] = [
  {
    command: "python3",
    prefix: "python",
    kinds: ["sync", "threads", "interpreters", "processes", "asyncio"],
  },
  { command: "python3", prefix: "python", kinds: ["gevent"], flags: ["gevent"] },
  { command: "python3.15t", prefix: "python-3.15t", kinds: ["sync", "threads"] },
  { command: "python3.14t", prefix: "python-3.14t", kinds: ["sync", "threads"] },
  { command: "python3.13t", prefix: "python-3.13t", kinds: ["sync", "threads"] },
];

/** What the script exits with where a library of it is not installed. */
const NOT_INSTALLED = 3;

/** So many times longer than it was told to take, a Python is ended. */
const PATIENCE = 3;

interface Interpreter {
  readonly command: string;
  readonly prefix: string;
  readonly kinds: readonly string[];
  readonly flags?: readonly string[];
}

/** How to measure in Python. */
export interface PythonPlan {
  readonly workers: number;
  readonly maxRounds: number;
  /** How long all of it may take, in milliseconds; one round of at least one task is made in any case. */
  readonly boundMs: number;
  /** How long one call may take, in milliseconds. */
  readonly timeoutMs: number;
  /** What speed-ups are over. */
  readonly base: Result | undefined;
}

/** What came of it. */
export interface PythonRows {
  readonly results: readonly Result[];
  /** What a reader of the rows should know. */
  readonly remarks: readonly string[];
}

/** What the script writes. */
interface ScriptOutput {
  readonly version: string;
  readonly gil: boolean;
  readonly tasks: number;
  readonly rows: readonly ScriptRow[];
}

interface ScriptRow {
  readonly model: string;
  readonly workers: number;
  readonly startMs: number;
  readonly samples: number[];
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  readonly addedBytes: number;
  readonly checksum: string;
}

/**
 * Runs the workload in Python: plainly, on threads under its lock, in sub-interpreters, in processes, with asyncio
 * and gevent, and on the threads of free-threaded builds; whatever of these is installed.
 *
 * The same inputs, hence the same checksums; the first of them only, where all would take too long.
 */
export async function measureInPython(
  workload: Workload,
  inputs: readonly unknown[],
  plan: PythonPlan,
): Promise<PythonRows> {
  using folder = temporaryFolder();
  const script = `${folder.path}/compare.py`;
  const { default: text } = await import("./python_rows.py", { with: { type: "text" } });
  await Deno.writeTextFile(script, text);
  const results: Result[] = [];
  const remarks: string[] = [];
  let whole: number | null = null;
  const ends = realClock.now() + plan.boundMs;
  for (const [i, interpreter] of INTERPRETERS.entries()) {
    // The first has most to do; what the others find left is little, but each makes one round.
    const boundMs = i === 0 ? plan.boundMs * 0.6 : Math.max(100, (ends - realClock.now()) / 2);
    const { kinds } = interpreter;
    const { workers, maxRounds } = plan;
    const order = { workload: workload.python, inputs, workers, maxRounds, boundMs, kinds, whole };
    const output = await runPython(interpreter, script, JSON.stringify(order), boundMs, plan);
    if (output === null) {
      if (i > 0) continue;
      return { results, remarks: ["python3 was not found, so there are no rows of Python"] };
    }
    if (typeof output === "string") {
      remarks.push(`${workload.name}: ${output}`);
      continue;
    }
    whole ??= output.tasks;
    if (i !== 1) remarks.push(remarkOn(interpreter, output));
    const base = plan.base ?? await resultOf(workload, interpreter, output, output.rows[0]!, null);
    for (const row of output.rows) {
      results.push(await resultOf(workload, interpreter, output, row, base));
    }
  }
  if (whole !== null && whole < inputs.length) {
    remarks.push(
      `${workload.name}: Python ran ${whole} of ${
        formatCount(inputs.length, "task")
      }, to stay within the time; its speed-ups are by the task`,
    );
  }
  return { results, remarks };
}

function remarkOn({ command }: Interpreter, { version, gil }: ScriptOutput): string {
  return `${command} is ${version}${gil ? "" : " without the lock"}`;
}

/** A row of the script as a result; what is compared is the time of a task, since there may be fewer. */
async function resultOf(
  { name, kind }: Workload,
  { prefix }: Interpreter,
  { tasks }: ScriptOutput,
  row: ScriptRow,
  base: Result | null,
): Promise<Result> {
  const { model, workers, samples, startMs, cpuMs, peakRssBytes, addedBytes, checksum } = row;
  return {
    workload: name,
    kind,
    model: `${prefix}-${model}`,
    tasks,
    workers,
    samples,
    wallMs: await summarize(samples),
    rounds: samples.length,
    speedup: base === null ? { value: 1, low: 1, high: 1 } : await speedupOver(
      base.samples.map((each) => each / base.tasks),
      samples.map((each) => each / tasks),
    ),
    cpuShare: cpuMs / samples.reduce((total, each) => total + each, 0),
    startMs,
    peakRssBytes,
    addedBytes,
    checksum,
  };
}

/** What the script says; `null` if the interpreter or a library is not there, a text if it failed. */
async function runPython(
  { command, flags = [] }: Interpreter,
  script: string,
  order: string,
  boundMs: number,
  { timeoutMs }: PythonPlan,
): Promise<ScriptOutput | string | null> {
  const { createSubprocess } = await import("../../asyncio/mod.ts");
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  let child: Subprocess;
  try {
    child = await createSubprocess(command, ["-I", script, ...flags], pipes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  await using _ended = child;
  let late = false;
  const limit = PATIENCE * boundMs + timeoutMs;
  const timer = realClock.setTimer(() => {
    late = child.returncode === null;
    if (late) child.kill();
  }, limit);
  try {
    const [output, complaint] = (await child.communicate(new TextEncoder().encode(order)))
      .map((bytes) => new TextDecoder().decode(bytes ?? undefined));
    if (late) return `${command} was ended after ${formatTime(limit)}, so its rows are missing`;
    if (child.returncode === NOT_INSTALLED) return null;
    if (child.returncode === 0) return JSON.parse(output!) as ScriptOutput;
    const last = complaint!.trim().split("\n").at(-1) || `exit code ${child.returncode}`;
    return `${command} failed, so its rows are missing: ${last}`;
  } finally {
    timer.cancel();
  }
}
