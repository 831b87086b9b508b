import { checkCount, checkDuration, checkOptions, show } from "../core/check.ts";
import { BaseExecutor } from "../futures/base_executor.ts";
import type { ShutdownOptions } from "../wire/pool/pool_settings.ts";
import type { NatsJobSettings } from "./caller/job_settings.ts";
import type { NatsFuture } from "./caller/nats_job.ts";
import { NatsPool } from "./caller/nats_pool.ts";
import {
  ConnectionSettings,
  DEFAULT_QUEUE,
  type NatsConnectionOptions,
} from "./connection_options.ts";
import type { DeadLetter } from "./dead_letters.ts";
import { EmbeddedServer } from "./embedded_server.ts";
import { checkJobId, QueueNames } from "./names.ts";

/** How many jobs `map` keeps going: how many workers there are changes all the time. */
const WIDTH = 64;

/** The shortest `ackWait`, in milliseconds: a worker tells that it lives ten times a second. */
const SHORTEST_ACK_WAIT = 500;

/** How a `NatsExecutor` is made. */
export interface NatsExecutorOptions extends NatsConnectionOptions {
  /**
   * After how long without a sign of life of its worker a job is given to another, in milliseconds; 500 at least. It is the
   * queue's: who gives one sets it for all. Default: as it is, and 10,000 for a new queue.
   */
  ackWait?: number;
  /** How often a job may be given to a worker that dies with it before it is a dead letter. Default 5. */
  maxDeliver?: number;
  /** How long results are kept, in milliseconds; the queue's too. Default: as it is, and an hour for a new queue. */
  resultTtl?: number;
  /** How many jobs may be without a result; one more fails with `FullError`. Default: any number. */
  maxQueue?: number;
  /**
   * Whether it brings a server of its own, in the place of `servers`: a `nats-server` from the path (or whatever the variable
   * `QUARTET_NATS_SERVER` names) on this machine, which begins with the first job and ends with the executor or the program,
   * however that ends, with all that it stored. It needs `--allow-run=sh`, and to read and write the temporary folder. Default
   * false.
   */
  embedded?: boolean;
}

/**
 * Runs jobs on other machines, by way of a NATS server with JetStream: workers that {@link serveWorker} started take them.
 *
 * - A job is stored by the server before its future's `accepted` ends, and then it is not lost: not when a worker dies (it is given
 *   to another, at most `maxDeliver` times), not when the server is started again, not when this program ends. Its result is found again
 *   by its id, with `future(id)`.
 * - Exactly one result reaches a job's future, also when the job ran twice; its side effects happen at least once.
 * - Arguments, results, items and errors are copied, as to a process; locks and the like cannot go. Above half a mebibyte they go
 *   by the server's object store.
 * - A job names its function by module and name, and workers run only modules that they allow; no code travels. A function that is
 *   not portable travels as text, which only a worker with `"inline:"` in its `allow` runs.
 * - A timeout counts from the job's start on its worker. Cancelling reaches what waits and what runs; the reason arrives in
 *   `currentSignal()`.
 * - A higher `priority` is begun first, in whole steps from −5 to 4.
 * - `pause()` holds back what was not sent yet.
 * - How sure "stored" is, is the server's: by default it writes to its disk every two minutes, so that it survives its own end and
 *   not that of the machine. `sync_interval: always` in its configuration, or `replicas: 3`, change that.
 * - `ready()` connects, and fails at once with one clear error if that is not possible; otherwise the first job does. A connection
 *   that breaks later is made again, however long that takes, and nothing is lost meanwhile.
 * - Its connection keeps the program running until `shutdown()`, which `await using` calls.
 *
 * Source: Python's `concurrent.futures.Executor`; the queue is NATS JetStream.
 *
 * @example
 * ```ts ignore
 * import { NatsExecutor } from "@quartet/concurrency/distributed";
 * import { square } from "./jobs/square.ts"; // portable(import.meta, …)
 *
 * await using executor = new NatsExecutor({ servers: "nats://127.0.0.1:4222" });
 * const future = executor.submit(square, 7);
 * await future.accepted; // now it may not be lost any more
 * console.log(future.id, await future); // 49
 * ```
 */
export class NatsExecutor extends BaseExecutor {
  readonly #pool: NatsPool;
  readonly #options: NatsExecutorOptions;
  #server: Promise<EmbeddedServer> | null = null;

  /**
   * Makes the executor; it connects with the first job, or by `ready()`.
   *
   * @throws {TypeError} if an option is of the wrong kind.
   * @throws {RangeError} if a count or time cannot be meant.
   */
  constructor(options: NatsExecutorOptions = {}) {
    checkOptions(options, "new NatsExecutor()", 'servers: "nats://127.0.0.1:4222"');
    const { queue = DEFAULT_QUEUE, ackWait, maxDeliver, resultTtl, maxQueue = Infinity } = options;
    checkEmbedded(options);
    const settings = new ConnectionSettings(options, "new NatsExecutor()");
    const names = new QueueNames(queue);
    if (ackWait !== undefined) atLeast(ackWait, "ackWait", SHORTEST_ACK_WAIT);
    if (maxDeliver !== undefined) checkCount(maxDeliver, "maxDeliver");
    if (resultTtl !== undefined) atLeast(resultTtl, "resultTtl", 1_000);
    if (maxQueue !== Infinity) checkCount(maxQueue, "maxQueue");
    const { replicas } = settings;
    const connect = async () =>
      options.embedded
        ? new ConnectionSettings(await this.connection(), "new NatsExecutor()")
        : settings;
    const pool = new NatsPool(
      connect,
      names,
      { replicas, resultTtl, ackWait, maxDeliver },
      maxQueue,
    );
    super(pool, WIDTH);
    this.#pool = pool;
    this.#options = { ...options };
  }

  /** Runs `fn(...args)` on some worker and returns its future, which has an `id` and is `accepted`. */
  override submit<A extends unknown[], R>(
    fn: (...args: A) => R,
    ...args: A
  ): NatsFuture<Awaited<R>> {
    return super.submit(fn, ...args) as NatsFuture<Awaited<R>>;
  }

  /** As `submit`, with what bounds the job, and `retries`, `delay`, `key` and `limit`. */
  override submitWith<A extends unknown[], R>(
    settings: NatsJobSettings,
    fn: (...args: A) => R,
    ...args: A
  ): NatsFuture<Awaited<R>> {
    return super.submitWith(settings, fn, ...args) as NatsFuture<Awaited<R>>;
  }

  /**
   * The future of a job that was submitted before: by this executor or another, here or elsewhere.
   *
   * It fails with an `InvalidStateError` if there is no such job, or its result was kept no longer than `resultTtl`. Cancelling it
   * cancels the job for all.
   *
   * @throws {TypeError} if that can be no id.
   * @throws {ShutDownError} after `shutdown`.
   */
  future(id: string): NatsFuture<unknown> {
    checkJobId(id);
    return this.#pool.find(id);
  }

  /**
   * What a worker has to be given to take the jobs of this executor: `serveWorker({ ...await executor.connection(), allow })`.
   *
   * With `embedded` that is the address and the token of its server, which it starts if it has not begun.
   *
   * @throws {BrokenExecutorError} if there is no `nats-server` to start.
   */
  async connection(): Promise<NatsConnectionOptions> {
    const { ackWait: _, maxDeliver: __, resultTtl: ___, maxQueue: ____, embedded, ...options } =
      this.#options;
    if (!embedded) return options;
    const { servers, token } = await this.#startServer();
    return { ...options, servers, token };
  }

  /** Takes no more jobs and, by default, waits for those there; a server that it brought ends with it. */
  override async shutdown(options: ShutdownOptions = {}): Promise<void> {
    const ended = super.shutdown(options);
    if (!this.#options.embedded) return await ended;
    const whole = super.shutdown({ ...options, wait: true }).then(() => this.#endServer());
    if (options.wait ?? true) await whole;
    else await ended;
  }

  #startServer(): Promise<EmbeddedServer> {
    if (this.#server !== null) return this.#server;
    const server = this.#server = EmbeddedServer.start();
    server.catch(() => this.#server = null); // the next job tries again
    return server;
  }

  async #endServer(): Promise<void> {
    const server = await this.#server?.catch(() => null); // it never was there
    await server?.[Symbol.asyncDispose]();
  }

  /** The jobs of the queue that were given up, oldest first: their worker died each time, or their attempts were used up. */
  deadLetters(): AsyncIterableIterator<DeadLetter> {
    return this.#pool.deadLetters();
  }

  /**
   * Has a job that was given up run again, under its id, and returns its future, which is `accepted` once it is to run.
   *
   * The future fails with an `InvalidStateError` if there is no such dead letter.
   *
   * @throws {TypeError} if that can be no id.
   * @throws {ShutDownError} after `shutdown`.
   */
  replay(id: string): NatsFuture<unknown> {
    checkJobId(id);
    return this.#pool.replay(id);
  }

  /**
   * Forgets a job that was given up; its result, the error, stays until `resultTtl` has passed.
   *
   * @throws {TypeError} if that can be no id.
   * @throws {InvalidStateError} if there is no such dead letter.
   */
  async purge(id: string): Promise<void> {
    checkJobId(id);
    await this.#pool.purge(id);
  }
}

/** A server of one's own is another than one that is named, and knows nobody. */
function checkEmbedded({ embedded = false, ...options }: NatsExecutorOptions): void {
  if (typeof embedded !== "boolean") {
    throw new TypeError(`Cannot use embedded ${show(embedded)}: give true or false`);
  }
  if (!embedded) return;
  const others = ["servers", "user", "pass", "token", "credsFile", "nkeySeedFile", "tls"] as const;
  const other = others.find((name) => options[name] !== undefined);
  if (other === undefined) return;
  throw new TypeError(
    `Cannot use ${other} with embedded: it brings a server of its own; give one of the two`,
  );
}

function atLeast(value: number, name: string, least: number): void {
  checkDuration(value, name);
  if (value >= least && value < 2 ** 43) return;
  throw new RangeError(
    `Cannot use ${name} ${value}: give a number of milliseconds from ${least} to 2 ** 43`,
  );
}
