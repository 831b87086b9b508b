/** Threads for tests of the floors below `Thread`: a worker, the shared memory, a function's text. */
import * as shared from "./shared_floor.ts";

/** A bare thread that runs. */
export interface RawThread<R> {
  readonly id: number;
  /** Its result; a failure rejects with the error's text. Its slot is given back then. */
  readonly result: Promise<R>;
}

/** Runs `fn` on a worker of its own. It gets the shared floor and numbers, and sees nothing else. */
export function rawThread<A extends readonly number[], R>(
  fn: (floor: typeof shared, ...args: A) => R | Promise<R>,
  ...args: A
): RawThread<R> {
  shared.myThread();
  const registration = shared.registerThread(fn.name || "raw");
  const worker = new Worker(import.meta.resolve("./targets/raw_thread.ts"), { type: "module" });
  const result = new Promise<R>((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      shared.retireThread(registration.thread);
      if ("failure" in data) reject(new Error(data.failure));
      else resolve(data.result);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      shared.retireThread(registration.thread);
      reject(new Error(event.message));
    };
  });
  worker.postMessage({ registration, source: fn.toString(), args });
  return { id: registration.thread, result };
}
