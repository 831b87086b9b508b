/** Tells which files' functions run in this thread, by the engine's precise coverage. */
import { Session } from "node:inspector";
import { portable } from "@quartet/concurrency/futures";

interface Coverage {
  result: {
    url: string;
    functions: { functionName: string; ranges: { startOffset: number; count: number }[] }[];
  }[];
}

const session = new Session();

function ask(method: string, params?: Record<string, unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    session.post(method, params, (error: unknown, answer: unknown) => {
      if (error !== null && error !== undefined) reject(error);
      else resolve(answer);
    });
  });
}

export const walkJobs = portable(import.meta, {
  /** Begins to count the calls of functions. */
  async count(): Promise<void> {
    session.connect();
    await ask("Profiler.enable");
    await ask("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  },

  /** The files below `src/` of which a function has run since the last time, with these functions. */
  async counted(): Promise<Record<string, string[]>> {
    const { result } = await ask("Profiler.takePreciseCoverage") as Coverage;
    const files: Record<string, string[]> = {};
    for (const { url, functions } of result) {
      const path = url.match(/\/src\/(.*)$/)?.[1];
      if (path === undefined) continue;
      const ran = functions.filter(({ ranges: [whole] }) =>
        whole!.count > 0 && whole!.startOffset > 0 // the module's own code is no function of it
      );
      if (ran.length > 0) files[path] = ran.map(({ functionName }) => functionName || "=>");
    }
    return files;
  },

  /** The job that is followed. */
  double({ number }: { number: number }): { double: number } {
    return { double: 2 * number };
  },
});
