import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { offAbort, onAbort } from "../../core/abort.ts";
import { checkCount, checkOptions, show } from "../../core/check.ts";
import type { Executor } from "../../futures/executor.ts";
import { Connection } from "../connection.ts";
import {
  ConnectionSettings,
  DEFAULT_QUEUE,
  type NatsConnectionOptions,
} from "../connection_options.ts";
import { DeadLetterStore } from "../dead_letters.ts";
import { idOf, NORMAL_LANE, QueueNames, randomName } from "../names.ts";
import { alone, record } from "../packed.ts";
import { Parcels } from "../parcels.ts";
import { Publisher } from "../publisher.ts";
import { type OrderHead, type PresenceHead, readOrder } from "../records.ts";
import { ResultStore } from "../result_store.ts";
import { Structures } from "../structures.ts";
import { AllowList } from "./allow_list.ts";
import { DueJobs } from "./due_jobs.ts";
import { unpackFailure } from "./far_side.ts";
import { JobPuller } from "./job_puller.ts";
import type { WorkerCounts } from "./job_run.ts";
import { JobRunner } from "./job_runner.ts";
import { LimitLeases } from "./limit_leases.ts";
import { type LocalExecutor, localExecutor } from "./local_executor.ts";
import { LostJobs } from "./lost_jobs.ts";
import { NoteSender } from "./note_sender.ts";

/** How often a worker says that it is there, in milliseconds. */
const PRESENCE = 1_000;

/** How a worker is made. */
export interface WorkerOptions extends NatsConnectionOptions {
  /**
   * The addresses below which modules may run, as `import.meta.resolve("./jobs/")` gives one; an empty list runs nothing.
   * `"inline:"` among them runs functions that were sent as their own text too: whoever can write to the queue can then run
   * anything here.
   */
  allow: string[];
  /** What runs the jobs: a kind of executor, or one of your own, which stays yours to shut down. Default `"threads"`. */
  executor?: LocalExecutor;
  /** How many jobs run at once; default: as many as there are processors, and 64 for `"async"`. */
  concurrency?: number;
  /** Aborting it drains the worker: it takes no more jobs, ends those it has, and goes. */
  signal?: AbortSignal;
}

/** What a worker tells of itself; an immutable record. */
export interface WorkerStatistics {
  /** At most how many jobs it runs at once. */
  readonly places: number;
  /** Jobs that run. */
  readonly running: number;
  /** Jobs that ended here, with their result stored. */
  readonly completed: number;
  /** Results that came second, and jobs that had one before they ran: dropped. */
  readonly duplicates: number;
  /** Jobs that it does not run, and what was no job. */
  readonly refused: number;
  /** Attempts that failed and were followed by another. */
  readonly retried: number;
  /** Jobs that it gave up: dead letters. */
  readonly dead: number;
  /** Threads or processes that were lost with their job. */
  readonly lost: number;
}

/** A worker that serves a queue: see {@link serveWorker}. */
export interface WorkerService extends AsyncDisposable {
  /** Its name among the workers of the queue. */
  readonly name: string;
  /**
   * Ends when it has drained: nothing runs, every result is stored, and it is gone from the server. Rejects if it lost the
   * server for good, as when it is not let in any more.
   */
  readonly drained: Promise<void>;
  /** Takes no more jobs, ends those it has, and goes; ends when it has drained. */
  drain(): Promise<void>;
  /** What it does and did, at this moment. */
  statistics(): WorkerStatistics;
}

/** The worker that {@link serveWorker} makes. */
class QueueWorker implements WorkerService {
  readonly name: string;
  readonly drained: Promise<void>;
  readonly #connection: Connection;
  readonly #names: QueueNames;
  readonly #executor: Executor;
  readonly #isOwned: boolean;
  readonly #places: number;
  readonly #counts: WorkerCounts;
  readonly #runner: JobRunner;
  readonly #puller: JobPuller;
  readonly #due: DueJobs;
  readonly #notes: NoteSender;
  readonly #publisher: Publisher;
  #presence: ClockTimer | null = null;
  #draining: Promise<void> | null = null;

  constructor(
    connection: Connection,
    names: QueueNames,
    structures: Structures,
    allow: AllowList,
    local: { readonly executor: Executor; readonly places: number; readonly isOwned: boolean },
  ) {
    this.name = randomName();
    this.#connection = connection;
    this.#names = names;
    this.#executor = local.executor;
    this.#isOwned = local.isOwned;
    this.#places = local.places;
    this.#counts = { completed: 0, duplicates: 0, refused: 0, retried: 0, dead: 0, lost: 0 };
    const publisher = this.#publisher = new Publisher(connection);
    const parcels = new Parcels(connection, structures);
    const onError = (error: unknown): void => this.#report(error);
    this.#notes = new NoteSender(connection, names, parcels, this.name);
    this.#due = new DueJobs(connection, names, structures, publisher, {
      onError,
      onGarbage: () => this.#counts.refused++,
    });
    const context = {
      worker: this.name,
      local: local.executor,
      allow,
      leases: new LimitLeases(() => structures.limits()),
      results: new ResultStore(connection, names, publisher),
      parcels,
      due: this.#due,
      dead: new DeadLetterStore(connection, names, publisher),
      notes: this.#notes,
      counts: this.#counts,
    };
    this.#runner = new JobRunner(context, local.places, {
      onFree: () => this.#puller.wake(),
      onError,
    });
    this.#puller = new JobPuller(connection, names, structures, this.#runner);
    new LostJobs(connection, names, context, onError).watch();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.drained = promise;
    this.drained.catch(() => {}); // whoever does not ask is not to be harmed by it
    connection.closed.then(async (error) => {
      await this.drain();
      if (error === null) resolve();
      else reject(error);
    });
  }

  /** Begins to take jobs. */
  async start(): Promise<void> {
    const names = this.#names;
    this.#connection.subscribe(names.all("stop.>"), async ({ subject, data }) => {
      this.#runner.stop(idOf(subject), await unpackFailure(data));
    });
    this.#connection.subscribe(names.all(`worker.${this.name}`), (message) => {
      this.#obey(message.data, (bytes) => message.respond(bytes)).catch((error) =>
        this.#report(error)
      );
    });
    this.#connection.subscribe(names.all("ping"), () => this.#tellPresence(false));
    await this.#due.start();
    await this.#puller.start();
    this.#showUp();
  }

  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  statistics(): WorkerStatistics {
    return Object.freeze({
      places: this.#places,
      running: this.#runner.running,
      ...this.#counts,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
  }

  async #drain(): Promise<void> {
    await Promise.all([this.#puller.stop(), this.#due.stop()]);
    await this.#runner.drained();
    this.#presence?.cancel();
    this.#notes.stop();
    this.#tellPresence(true);
    if (this.#isOwned) await this.#executor.shutdown();
    await this.#connection.close();
  }

  async #obey(bytes: Uint8Array, reply: (bytes: Uint8Array) => void): Promise<void> {
    let order: { head: OrderHead; body: Uint8Array };
    try {
      order = readOrder(bytes);
    } catch {
      this.#counts.refused++; // anybody can write there
      return;
    }
    const { head, body } = order;
    if (head.ask !== "broadcast") return this.#runner.follow(head);
    reply(record({ taken: true }, new Uint8Array(0)));
    const run = { target: head.target, isChunk: false, carries: false, when: null };
    const outcomes = await this.#runner.broadcast(run, alone(body));
    reply(record({ taken: false, workers: this.#workers }, outcomes));
  }

  #showUp(): void {
    this.#tellPresence(false);
    this.#presence = setTimer(() => this.#showUp(), PRESENCE);
  }

  get #workers(): number {
    return Math.max(1, this.#executor.statistics().workers);
  }

  #tellPresence(leaves: boolean): void {
    const { nc } = this.#connection;
    if (nc.isClosed()) return;
    const { completed, duplicates, refused } = this.#counts;
    const head: PresenceHead = {
      worker: this.name,
      host: `${Deno.pid}`,
      places: this.#places,
      workers: this.#workers,
      running: this.#runner.running,
      completed,
      duplicates,
      refused,
      leaves,
    };
    this.#connection.send(this.#names.all("here"), record(head, new Uint8Array(0)));
  }

  /** What cannot be told to a caller is told on stderr. */
  #report(error: unknown): void {
    if (this.#connection.isClosed) return; // the job is given to another
    console.error(`A worker of queue ${this.#names.queue} could not go on with a job:`, error);
  }
}

/**
 * Serves a queue: takes jobs that {@link NatsExecutor}s submit, runs them on a local executor, and stores their results.
 *
 * - Only functions of modules below `allow` run. A job names its module, and whoever can write to the queue chooses the
 *   name; so addresses are compared as URLs, at a boundary of their path, and a module that is redirected, or a link that leads out
 *   of what is allowed, is refused before it is loaded. A job that is refused fails at once with a `RefusedError`.
 * - It takes as many jobs as it has free places, those of the highest priority first, and none ahead.
 * - It tells the server that its jobs live. When it dies the server gives them to another after `ackWait`; what had ended has
 *   its result.
 * - When its `signal` aborts, or it is disposed, it drains.
 * - The permissions that it needs for the server are `--allow-net=HOST:PORT`, and `--allow-read` for files of secrets.
 *
 * @returns a promise of the worker, once it takes jobs.
 * @throws {TypeError} if an option is of the wrong kind.
 * @throws {AuthenticationError} if the server does not let it in.
 * @throws {BrokenExecutorError} if there is no server, it has no JetStream, or it is too old.
 *
 * @example
 * ```ts ignore
 * import { serveWorker } from "@quartet/concurrency/distributed";
 *
 * await using worker = await serveWorker({
 *   servers: "nats://127.0.0.1:4222",
 *   allow: [import.meta.resolve("./jobs/")],
 *   executor: "threads",
 * });
 * await worker.drained;
 * ```
 */
export async function serveWorker(options: WorkerOptions): Promise<WorkerService> {
  checkOptions(options, "serveWorker()", 'allow: [import.meta.resolve("./jobs/")]');
  const { queue = DEFAULT_QUEUE, executor = "threads", concurrency, signal } = options;
  const settings = new ConnectionSettings(options, "serveWorker()");
  const names = new QueueNames(queue);
  const allow = new AllowList(options.allow);
  if (concurrency !== undefined) checkCount(concurrency, "concurrency");
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`Cannot use signal ${show(signal)}: give an AbortSignal`);
  }
  const local = localExecutor(executor, concurrency);
  signal?.throwIfAborted();
  const connection = await Connection.open(settings, `quartet worker of ${queue}`);
  try {
    const structures = new Structures(connection, names, {
      replicas: settings.replicas,
      resultTtl: undefined,
      ackWait: undefined,
      maxDeliver: undefined,
    });
    await structures.make();
    await Promise.all([structures.lane(NORMAL_LANE), structures.later()]);
    connection.onReconnect(() => void structures.restore());
    const service = new QueueWorker(connection, names, structures, allow, local);
    await service.start();
    const drain = (): void => void service.drain();
    if (signal?.aborted) drain();
    onAbort(signal, drain);
    service.drained.finally(() => offAbort(signal, drain)).catch(() => {}); // the caller is told by `drained`
    return service;
  } catch (error) {
    await connection.close();
    throw error;
  }
}
