import { NatsExecutor, serveWorker, type WorkerService } from "../../distributed/mod.ts";
import type { Executor } from "../../futures/executor.ts";
import type { ModelExecutor } from "./load_model.ts";

/** The modules of the comparison itself: how CPU time and memory of the workers are read. */
const OWN_MODULES = new URL("../../", import.meta.url).href;

/**
 * The model `distributed`: workers of this machine that get their calls from a NATS server, as those of other machines would.
 *
 * Its queue has a name of its own, and the workers run what is measured and nothing else, whoever writes to that queue.
 */
export class DistributedExecutor implements ModelExecutor {
  readonly #at: { readonly servers: string[]; readonly queue: string };
  readonly #local: Executor;
  readonly #concurrency: number;
  readonly #allow: string[];
  readonly #executor: NatsExecutor;
  #worker: WorkerService | null = null;

  /** @param local where the calls run in the end, so many at once; it is shut down with this. */
  constructor(
    servers: readonly string[],
    local: Executor,
    concurrency: number,
    modules: readonly string[],
  ) {
    this.#at = { servers: [...servers], queue: `compare-${crypto.randomUUID()}` };
    this.#local = local;
    this.#concurrency = concurrency;
    this.#allow = [OWN_MODULES, ...modules];
    this.#executor = new NatsExecutor(this.#at);
  }

  async ready(): Promise<void> {
    await this.#local.ready();
    this.#worker = await serveWorker({
      ...this.#at,
      allow: this.#allow,
      executor: this.#local,
      concurrency: this.#concurrency,
    });
    await this.#executor.ready();
  }

  submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): PromiseLike<Awaited<R>> {
    return this.#executor.submit(fn, ...args);
  }

  submitWith<A extends unknown[], R>(
    settings: { readonly signal: AbortSignal },
    fn: (...args: A) => R,
    ...args: A
  ): PromiseLike<Awaited<R>> {
    return this.#executor.submitWith(settings, fn, ...args);
  }

  broadcast<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>[]> {
    return this.#executor.broadcast(fn, ...args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#executor.shutdown();
    await this.#worker?.[Symbol.asyncDispose]();
    await this.#local.shutdown();
  }
}
