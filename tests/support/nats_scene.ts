/** What tests over NATS have around them: a server, callers, workers, and a folder in which jobs leave their traces. */
import {
  NatsExecutor,
  type NatsExecutorOptions,
  serveWorker,
  type WorkerOptions,
  type WorkerService,
} from "@quartet/concurrency/distributed";
import { NatsServer, type NatsServerOptions } from "./nats_server.ts";
import { RemoteWorker } from "./remote_workers.ts";

/** The modules of the tests' jobs. */
export const allow = [new URL("./targets/", import.meta.url).href];

/** How long a worker may be silent in these tests, in milliseconds. */
const ACK_WAIT = 1_000;

/** How long jobs may go on when a test has ended, in milliseconds. */
const PATIENCE = 5_000;

/** All of it; disposing it ends callers, workers and server, in this order, and removes the folder. */
export class Scene implements AsyncDisposable {
  readonly server: NatsServer;
  readonly folder: string;
  readonly #callers: NatsExecutor[] = [];
  readonly #stack = new AsyncDisposableStack();

  private constructor(server: NatsServer, folder: string) {
    this.server = this.#stack.use(server);
    this.folder = folder;
    this.#stack.defer(() => Deno.remove(folder, { recursive: true }));
  }

  static async open(options: NatsServerOptions = {}): Promise<Scene> {
    return new Scene(await NatsServer.start(options), await Deno.makeTempDir());
  }

  /** A caller in this process. */
  caller(options: NatsExecutorOptions = {}): NatsExecutor {
    const servers = this.server.url;
    const executor = new NatsExecutor({ servers, ackWait: ACK_WAIT, ...options });
    this.#callers.push(executor);
    return executor;
  }

  /** A worker in this process. */
  async worker(options: Partial<WorkerOptions> = {}): Promise<WorkerService> {
    return this.#stack.use(await serveWorker(this.#with(options)));
  }

  /** A worker in a process of its own. */
  async remoteWorker(options: Partial<WorkerOptions> = {}): Promise<RemoteWorker> {
    return this.#stack.use(await RemoteWorker.start(this.#with(options)));
  }

  /** Lets jobs go on that wait for it. */
  async go(): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/go`, "");
  }

  /** The lines that jobs have written. */
  lines(file: string): string[] {
    try {
      return Deno.readTextFileSync(`${this.folder}/${file}`).split("\n").filter(Boolean);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A test that fails leaves jobs behind that nobody would ever do, and for which workers would wait.
    const options = { cancelPending: true, timeout: PATIENCE };
    await Promise.all(this.#callers.map((caller) => caller.shutdown(options)));
    await this.#stack.disposeAsync();
  }

  #with(options: Partial<WorkerOptions>): WorkerOptions {
    return { servers: this.server.url, allow, executor: "async", concurrency: 4, ...options };
  }
}
