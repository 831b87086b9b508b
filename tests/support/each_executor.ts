import {
  AsyncExecutor,
  type Executor,
  ProcessPoolExecutor,
  SyncExecutor,
  ThreadPoolExecutor,
} from "@quartet/concurrency/futures";

/** The four executors, each with room for so many jobs at once (the one in line: for one). */
export const executors: Record<string, (width: number) => Executor> = {
  SyncExecutor: () => new SyncExecutor(),
  AsyncExecutor: (maxConcurrency) => new AsyncExecutor({ maxConcurrency }),
  ThreadPoolExecutor: (maxWorkers) => new ThreadPoolExecutor({ maxWorkers }),
  ProcessPoolExecutor: (maxWorkers) => new ProcessPoolExecutor({ maxWorkers }),
};

/** Registers a test for each executor of the four, or for those named. */
export function testEachExecutor(
  promise: string,
  fn: (executor: Executor) => Promise<void>,
  { names = Object.keys(executors), width = 2 }: { names?: string[]; width?: number } = {},
): void {
  for (const name of names) {
    Deno.test(`${name}: ${promise}`, async () => {
      await using executor = executors[name]!(width);
      await fn(executor);
    });
  }
}
