/** Measures the same work at several lengths of a task, and with several numbers of workers. */
import { now } from "../../core/clock.ts";
import type { LoadModel, ModelExecutor } from "../models/load_model.ts";
import { busy } from "../workloads/busy.ts";
import type { Workload } from "../workloads/workload.ts";
import { submitter } from "./call.ts";
import type { BreakEven, ModelName, Prediction } from "./comparison.ts";
import { breakEvenOf, predict } from "../verdict/scaling.ts";

/** The lengths of a task that are tried, in milliseconds. */
const LENGTHS: readonly number[] = [0.01, 0.03, 0.1, 0.3, 1, 3];

/** How often each is measured. */
const ROUNDS = 5;

/** Tasks for each core: enough that all are busy to the end. */
const TASKS_PER_CORE = 8;

/** Predictions are for so many times the cores that there are. */
const MORE = [2, 4, 8] as const;

/** From which length of a task on each of the models pays. */
export async function findBreakEven(
  workload: string,
  models: readonly ModelName[],
  loadModel: LoadModel,
): Promise<BreakEven[]> {
  const cores = navigator.hardwareConcurrency;
  const stepsPerMs = calibrate();
  const found: BreakEven[] = [];
  await using sync = (await loadModel("sync"))(1);
  for (const model of models) {
    await using executor = (await loadModel(model))(cores);
    await executor.ready();
    const points = [];
    for (const length of LENGTHS) {
      const steps = Math.max(1, Math.round(length * stepsPerMs));
      const inputs = new Array<number>(cores * TASKS_PER_CORE).fill(steps);
      const work = { run: busy, inputs };
      await timed(executor, work); // what is cold is not measured
      const { speedups, syncMs } = await alternate(sync, executor, work);
      points.push({ taskMs: Math.min(...syncMs) / inputs.length, speedups });
    }
    found.push({ workload, model, taskMs: breakEvenOf(points) });
  }
  return found;
}

/** What more cores than there are would bring, from what one and more of those that there are bring. */
export async function predictSpeedups(
  workload: Workload,
  models: readonly ModelName[],
  loadModel: LoadModel,
): Promise<Prediction[]> {
  const cores = navigator.hardwareConcurrency;
  const counts = [...new Set([1, 2, Math.ceil(cores / 2), cores])].filter((n) => n <= cores)
    .sort((a, b) => a - b);
  if (counts.length < 2) return []; // one core tells nothing of more
  const { run, spread } = workload;
  const work = { run, inputs: workload.inputs.slice(0, 2 * cores), ...(spread ? { spread } : {}) };
  await using sync = (await loadModel("sync"))(1);
  const found: Prediction[] = [];
  for (const model of models) {
    const points = [];
    for (const workers of counts) {
      await using executor = (await loadModel(model))(workers);
      await executor.ready();
      await timed(executor, work);
      points.push({ workers, speedups: (await alternate(sync, executor, work)).speedups });
    }
    for (const more of MORE) {
      const speedup = predict(points, more * cores);
      found.push({ workload: workload.name, model, cores: more * cores, speedup });
    }
  }
  return found;
}

type Work = Pick<Workload, "run" | "inputs" | "spread">;

/** Rounds in which the two take turns. */
async function alternate(
  sync: ModelExecutor,
  executor: ModelExecutor,
  work: Work,
): Promise<{ speedups: number[]; syncMs: number[] }> {
  const speedups: number[] = [];
  const syncMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [own, other] = [await timed(sync, work), await timed(executor, work)];
    syncMs.push(own);
    speedups.push(own / other);
  }
  return { speedups, syncMs };
}

async function timed(executor: ModelExecutor, work: Work): Promise<number> {
  const submit = submitter(executor, work);
  const started = now();
  await Promise.all(work.inputs.map(submit));
  return now() - started;
}

/** How many steps of the work make a millisecond here. */
function calibrate(): number {
  let best = 0;
  const steps = 1_000_000;
  for (let i = 0; i < 5; i++) {
    const started = now();
    busy(steps);
    best = Math.max(best, steps / Math.max(1e-3, now() - started));
  }
  return best;
}
