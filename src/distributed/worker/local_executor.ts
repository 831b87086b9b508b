import { show } from "../../core/check.ts";
import { AsyncExecutor } from "../../futures/async_executor.ts";
import type { Executor } from "../../futures/executor.ts";
import { ProcessPoolExecutor } from "../../futures/process_pool_executor.ts";
import { ThreadPoolExecutor } from "../../futures/thread_pool_executor.ts";

/** What runs a worker's jobs: an executor of its own, or a kind of which one is made. */
export type LocalExecutor = Executor | "threads" | "processes" | "async";

/** How many jobs that wait run at once in one thread when nobody says. */
const ASYNC_PLACES = 64;

/** The executor for a worker's jobs, how many of them it may have, and whether the worker ends it. */
export function localExecutor(
  given: LocalExecutor,
  concurrency: number | undefined,
): { readonly executor: Executor; readonly places: number; readonly isOwned: boolean } {
  const cores = navigator.hardwareConcurrency;
  switch (given) {
    case "threads": {
      const places = concurrency ?? cores;
      return { executor: new ThreadPoolExecutor({ maxWorkers: places }), places, isOwned: true };
    }
    case "processes": {
      const places = concurrency ?? cores;
      return { executor: new ProcessPoolExecutor({ maxWorkers: places }), places, isOwned: true };
    }
    case "async": {
      const places = concurrency ?? ASYNC_PLACES;
      return { executor: new AsyncExecutor({ maxConcurrency: places }), places, isOwned: true };
    }
  }
  if (typeof (given as Partial<Executor> | null)?.submitWith !== "function") {
    throw new TypeError(
      `Cannot use executor ${show(given)}: give "threads", "processes", "async", or an executor`,
    );
  }
  return { executor: given, places: concurrency ?? cores, isOwned: false };
}
