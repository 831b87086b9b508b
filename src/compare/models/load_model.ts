import type { ProcessPoolExecutorOptions } from "../../futures/process_pool_executor.ts";
import type { ModelName } from "../measure/comparison.ts";
import { algorithmOf } from "./gil.ts";

/** The host of the `io` workload's site. */
const LOOPBACK = "127.0.0.1";

/** What is needed of an executor to measure it; each `Executor` of `futures` is one. */
export interface ModelExecutor extends AsyncDisposable {
  /** Has `fn` called by a worker that is free. */
  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): PromiseLike<Awaited<R>>;
  /** Until every worker is there. */
  ready(): Promise<void>;
  /** Has `fn` called once by every worker. */
  broadcast<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Promise<readonly Awaited<R>[]>;
  /** Whether it gives turns to generators itself; others are handed what runs them to their end. */
  readonly drivesGenerators?: boolean;
  /** The same with a signal that ends the call, and its process where it has one. */
  submitWith?<A extends unknown[], R>(
    settings: { readonly signal: AbortSignal },
    fn: (...args: A) => R,
    ...args: A
  ): PromiseLike<Awaited<R>>;
  /** Ends without waiting for calls that never end. */
  shutdown?(options: { readonly wait: boolean; readonly cancelPending: boolean }): Promise<void>;
}

/** Starts an executor of a model; `modules` are those of what it will be given to run. */
export type OpenModel = (workers: number, modules?: readonly string[]) => ModelExecutor;

/** Loads what a model needs, and returns what starts an executor for it. `servers` are those of the model `distributed`. */
export type LoadModel = (model: ModelName, servers?: readonly string[]) => Promise<OpenModel>;

/** The order in which models are opened: first what adds least to the process that measures. */
export const MODELS: readonly ModelName[] = [
  "sync",
  "async",
  "generators",
  "gevent",
  "processes",
  "threads",
  "gil",
  "gil-ticks",
  "distributed",
];

/** The models that are measured when none are named; the Gil only shows something on request. */
export const DEFAULT_MODELS: readonly ModelName[] = ["sync", "threads", "processes", "async"];

/** The executors of a model, with all of their workers to come at once. Loads no more than it needs. */
export async function loadModel(
  model: ModelName,
  servers: readonly string[] = [],
): Promise<OpenModel> {
  const futures = await import("../../futures/mod.ts");
  switch (model) {
    case "sync":
      return () => new futures.SyncExecutor();
    case "async":
      return () => new futures.AsyncExecutor();
    case "threads":
      return (workers) => new futures.ThreadPoolExecutor(exactly(workers));
    case "processes": {
      const permissions = await childPermissions();
      return (workers) => new futures.ProcessPoolExecutor({ ...exactly(workers), permissions });
    }
    case "gil":
    case "gil-ticks": {
      const { Gil } = await import("../../threading/mod.ts");
      const algorithm = algorithmOf(model)!;
      return (workers) =>
        new futures.ThreadPoolExecutor({ ...exactly(workers), gil: new Gil({ algorithm }) });
    }
    case "generators": {
      const { GeneratorExecutor } = await import("./generator_executor.ts");
      return () => new GeneratorExecutor();
    }
    case "gevent": {
      const { GeventExecutor } = await import("./gevent_executor.ts");
      return () => new GeventExecutor();
    }
    case "distributed": {
      const { DistributedExecutor } = await import("./distributed_executor.ts");
      const permissions = await childPermissions();
      return (workers, modules = []) =>
        new DistributedExecutor(
          servers,
          new futures.ProcessPoolExecutor({ ...exactly(workers), permissions }),
          workers,
          modules,
        );
    }
  }
}

/**
 * All that this process may do. What it may do in part is not passed on by itself; the one part that is
 * known here is this machine, where the site of the `io` workload is.
 */
async function childPermissions(): Promise<ProcessPoolExecutorOptions["permissions"]> {
  const [all, here] = await Promise.all([
    Deno.permissions.query({ name: "net" }),
    Deno.permissions.query({ name: "net", host: LOOPBACK }),
  ]);
  const partly = here.state === "granted" && (all.state !== "granted" || all.partial);
  if (!partly) return "inherit";
  return {
    net: [LOOPBACK],
    read: "inherit",
    write: "inherit",
    env: "inherit",
    run: "inherit",
    ffi: "inherit",
    sys: "inherit",
    import: "inherit",
  };
}

function exactly(workers: number): { maxWorkers: number; minWorkers: number } {
  return { maxWorkers: workers, minWorkers: workers };
}
