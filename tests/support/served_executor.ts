/** A caller and its worker as one executor, on a queue of their own. */
import {
  type LocalExecutor,
  NatsExecutor,
  serveWorker,
  type WorkerService,
} from "@quartet/concurrency/distributed";

let queues = 0;

/** What the tests' workers run: the modules of the tests' jobs, and functions that are sent as text. */
const ALLOW = ["inline:", new URL("./targets/", import.meta.url).href];

/** Jobs go through the server to a worker in this process, which goes with the executor. */
export class ServedExecutor extends NatsExecutor {
  readonly #worker: Promise<WorkerService>;

  constructor(servers: string, executor: LocalExecutor, concurrency: number) {
    const queue = `suite-${queues++}`;
    super({ servers, queue });
    this.#worker = serveWorker({ servers, queue, allow: ALLOW, executor, concurrency });
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await using _worker = await this.#worker;
  }
}
