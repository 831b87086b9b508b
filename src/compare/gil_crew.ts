import { ThreadPoolExecutor, type ThreadPoolExecutorOptions } from "../futures/mod.ts";
import { Gil } from "../threading/mod.ts";
import { targetOf } from "../wire/mod.ts";
import type { Crew } from "./crew.ts";
import { underGil } from "./under_gil.ts";

/** Threads that take turns as Python's do: what CPython's threads would make of the same work. */
export class GilCrew implements Crew {
  readonly #pool: ThreadPoolExecutor;
  readonly #gil = new Gil();

  constructor(options: ThreadPoolExecutorOptions) {
    this.#pool = new ThreadPoolExecutor(options);
  }

  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): PromiseLike<Awaited<R>> {
    const result = this.#pool.submit(underGil, this.#gil, targetOf(fn), args);
    return result as PromiseLike<Awaited<R>>;
  }

  ready(): Promise<void> {
    return this.#pool.ready();
  }

  broadcast<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>[]> {
    return this.#pool.broadcast(fn, ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}
