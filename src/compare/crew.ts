import type { ModelName } from "./comparison.ts";

/** What is needed of an executor to measure it; each `Executor` of `futures` is one. */
export interface Crew extends AsyncDisposable {
  /** Has `fn` called by whoever is free. */
  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): PromiseLike<Awaited<R>>;
  /** Until every worker is there. */
  ready(): Promise<void>;
  /** Has `fn` called once by every worker. */
  broadcast<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Promise<readonly Awaited<R>[]>;
}

/** Loads what a model needs, and answers what gets a crew for it together. */
export type LoadModel = (model: ModelName) => Promise<(workers: number) => Crew>;

/** The order in which models are opened: first what adds least to the process that measures. */
export const MODELS: readonly ModelName[] = ["sync", "async", "processes", "threads", "gil"];

/** The models that are measured when none are named; the Gil only shows something on request. */
export const DEFAULT_MODELS: readonly ModelName[] = ["sync", "threads", "processes", "async"];

/** The executors of a model, with all of their workers to come at once. Loads no more than it needs. */
export async function loadModel(model: ModelName): Promise<(workers: number) => Crew> {
  const futures = await import("../futures/mod.ts");
  switch (model) {
    case "sync":
      return () => new futures.SyncExecutor();
    case "async":
      return () => new futures.AsyncExecutor();
    case "threads":
      return (workers) => new futures.ThreadPoolExecutor(exactly(workers));
    case "processes":
      return (workers) => new futures.ProcessPoolExecutor(exactly(workers));
    case "gil":
      throw new Deno.errors.NotCapable(`the executor for ${model} is not there yet`);
  }
}

function exactly(workers: number): { maxWorkers: number; minWorkers: number } {
  return { maxWorkers: workers, minWorkers: workers };
}
