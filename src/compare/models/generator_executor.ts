import { isGenerator } from "../../coroutines/sendable.ts";
import { RoundRobin } from "../../coroutines/mod.ts";
import type { ModelExecutor } from "./load_model.ts";

/**
 * The model `generators`: calls take turns on this thread, by the event loop that the course makes by hand.
 *
 * - A generator function gives its turn away at each `yield`; what it yields is its result.
 * - Any other function is one turn, an async generator too. What it waits for, if it is asynchronous, overlaps as it does everywhere
 *   on one thread.
 */
export class GeneratorExecutor implements ModelExecutor {
  readonly drivesGenerators = true;
  readonly #loop = new RoundRobin();
  #running = false;

  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#loop.add(turns(() => fn(...args), resolve, reject));
    this.#run();
    return promise as Promise<Awaited<R>>;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  async broadcast<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): Promise<Awaited<R>[]> {
    return [await fn(...args)];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** Gives turns once all calls of this moment are in line. */
  #run(): void {
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(async () => {
      this.#running = false;
      await this.#loop.run();
    });
  }
}

/** One call as a generator that settles its promise and never throws. */
function* turns(
  call: () => unknown,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): Generator<void, void, void> {
  try {
    const made = call();
    if (isAsyncGenerator(made)) return resolve(Array.fromAsync(made));
    if (!isGenerator(made)) return resolve(made);
    const items: unknown[] = [];
    for (const item of made) {
      items.push(item);
      yield;
    }
    resolve(items);
  } catch (error) {
    reject(error);
  }
}

function isAsyncGenerator(value: unknown): value is AsyncGenerator {
  return Object.prototype.toString.call(value) === "[object AsyncGenerator]";
}
