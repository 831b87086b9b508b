import type { Subprocess } from "../../asyncio/streams/subprocess.ts";
import type { Result } from "./comparison.ts";
import { speedupOver, summarize } from "./speedup.ts";
import type { Workload } from "../workloads/workload.ts";

/** The workloads that the script has a Python version of. */
const KNOWN: readonly string[] = ["cpu", "io"];

/** How long Python may take for one workload, in milliseconds; one round is made in any case. */
const BOUND = 8_000;

/** What Python measured of one workload. */
export interface PythonRows {
  /** For example `"CPython 3.12.4"`. */
  readonly version: string;
  /** One for each way to run it, beginning with the plain one. */
  readonly results: readonly Result[];
}

/** What the script writes for each model. */
interface ScriptRow {
  readonly model: string;
  readonly workers: number;
  readonly startMs: number;
  readonly samples: number[];
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  readonly checksum: string;
}

/** Whether there is a Python version of the workload. */
export function hasPython(workload: Workload): boolean {
  return KNOWN.includes(workload.name);
}

/**
 * Runs the workload in Python: plainly, on threads under its GIL, in processes, and with asyncio.
 *
 * The same inputs, hence the same checksums; speed-ups are over plain Python. Returns `null` if there is
 * no `python3`.
 */
export async function measureInPython(
  workload: Workload,
  inputs: readonly unknown[],
  workers: number,
  rounds: number,
): Promise<PythonRows | null> {
  const folder = await Deno.makeTempDir({ prefix: "quartet-python-" });
  try {
    const file = `${folder}/compare.py`;
    const { default: script } = await import("./python_rows.py", { with: { type: "text" } });
    await Deno.writeTextFile(file, script);
    const order = {
      workload: workload.name,
      inputs,
      workers,
      maxRounds: rounds,
      boundMs: BOUND,
    };
    const output = await runPython(file, JSON.stringify(order));
    if (output === null) return null;
    const { version, rows } = JSON.parse(output) as { version: string; rows: ScriptRow[] };
    const reference = rows[0]!.samples;
    const results = rows.map((row) => resultOf(workload, row, inputs.length, reference));
    return { version, results: await Promise.all(results) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function resultOf(
  { name, kind }: Workload,
  row: ScriptRow,
  tasks: number,
  reference: readonly number[],
): Promise<Result> {
  const { model, workers, samples, startMs, cpuMs, peakRssBytes, checksum } = row;
  return {
    workload: name,
    kind,
    model,
    tasks,
    workers,
    samples,
    wallMs: await summarize(samples),
    speedup: samples === reference
      ? { value: 1, low: 1, high: 1 }
      : await speedupOver(reference, samples),
    cpuShare: cpuMs / samples.reduce((total, each) => total + each, 0),
    startMs,
    peakRssBytes,
    checksum,
  };
}

/** The standard output of a Python script; `null` if there is no `python3`. */
async function runPython(file: string, argument: string): Promise<string | null> {
  const { createSubprocess } = await import("../../asyncio/mod.ts");
  const pipes = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
  let child: Subprocess;
  try {
    child = await createSubprocess("python3", ["-I", file, argument], pipes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const [output, complaint] = (await child.communicate()).map((bytes) =>
    new TextDecoder().decode(bytes ?? undefined)
  );
  if (child.returncode !== 0) throw new Error(`Cannot use python3: it failed with\n${complaint}`);
  return output!;
}
