/** Python's pools as contenders; each measurement is a Python process of its own. */
import type { Contender } from "../harness.ts";

/** What they can measure. */
export type PythonMeasure = "empty" | "object" | "chunked" | "mean" | "p99" | "speedup";

/** Python's two pools; a machine without python3 shows them as failed. */
export function pythonPools(what: PythonMeasure, workers: number): Contender[] {
  return ["threads", "processes"].map((kind) => ({
    name: `Python ${kind === "threads" ? "ThreadPoolExecutor" : "ProcessPoolExecutor"}`,
    role: "peer",
    open: () => ({ measure: () => measure(kind, what, workers) }),
  }));
}

async function measure(kind: string, what: PythonMeasure, workers: number): Promise<number> {
  const script = new URL("./python_pools.py", import.meta.url).pathname;
  const { stdout } = await new Deno.Command("python3", {
    args: [script, kind, what, String(workers)],
    stderr: "inherit",
  }).output();
  return Number(new TextDecoder().decode(stdout));
}
