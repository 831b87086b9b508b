import { pool } from "../../gevent/mod.ts";
import type { ModelExecutor } from "./load_model.ts";

/** The model `gevent`: each call is a greenlet of a group, on this thread. */
export class GeventExecutor implements ModelExecutor {
  readonly #group = new pool.Group();

  async submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    const greenlet = await this.#group.spawn(fn, ...args);
    return await greenlet.get() as Awaited<R>;
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#group.join();
  }
}
