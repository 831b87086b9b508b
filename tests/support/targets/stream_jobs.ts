/** Portable generators that note in their worker what became of them. */
import { checkpoint, currentSignal, portable } from "@quartet/concurrency/futures";
import { delay } from "@std/async";

/** Notes a value in this worker, for `jobs.recallWorker`. */
function note(key: string, value: unknown): void {
  (globalThis as unknown as Record<string, unknown>)[key] = value;
}

/** Ends when the running work is asked to stop, and returns why. */
function stopped(): Promise<string> {
  const signal = currentSignal();
  return new Promise((resolve) => {
    const tell = () => resolve(String((signal.reason as Error).message));
    if (signal.aborted) tell();
    else signal.addEventListener("abort", tell);
  });
}

export const streamJobs = portable(import.meta, {
  /** Yields once and waits for its signal; notes why it was asked to stop, when its `finally` has run. */
  async *waitForSignal(key: string): AsyncGenerator<string> {
    try {
      yield "begun";
      await stopped();
    } finally {
      await delay(1);
      note(key, await stopped());
    }
  },
  /** Counts without end and looks at each step; notes what its look threw. */
  async *look(key: string): AsyncGenerator<number> {
    for (let n = 0;; n++) {
      yield n;
      try {
        for (;;) {
          checkpoint();
          await delay(1);
        }
      } catch (error) {
        note(key, (error as Error).name);
        throw error;
      }
    }
  },
  /** Counts without waiting; notes in its `finally` how far it came and whether it was asked to stop. */
  *count(key: string): Generator<number> {
    let n = 0;
    try {
      for (;; n++) yield n;
    } finally {
      note(key, [n, currentSignal().aborted]);
    }
  },
  /** Yields once and fails while it ends. */
  async *failAtEnd(): AsyncGenerator<string> {
    try {
      yield "begun";
      await stopped();
    } finally {
      // deno-lint-ignore no-unsafe-finally
      throw new RangeError("could not clean up");
    }
  },
  /** Never looks: it waits for a while, and notes that its `finally` ran. */
  async *neverLook(key: string): AsyncGenerator<number> {
    try {
      for (let n = 0;; n++) {
        yield n;
        await delay(100);
      }
    } finally {
      note(key, "ended");
    }
  },
});
