/** Workers of a queue in processes of their own, as they would stand on other machines. */
import type { WorkerOptions } from "@quartet/concurrency/distributed";

/** A process that takes jobs; disposing of it kills it. */
export class RemoteWorker implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #rest: Promise<string>;

  private constructor(child: Deno.ChildProcess, rest: Promise<string>) {
    this.#child = child;
    this.#rest = rest;
  }

  /** Starts one and waits until it takes jobs. */
  static async start(options: WorkerOptions): Promise<RemoteWorker> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        new URL("./programs/remote_worker.ts", import.meta.url).href,
        JSON.stringify(options),
      ],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(child.stderr).text();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    if (value === undefined) {
      await child.status;
      throw new Error(`a worker did not start: ${await stderr}`);
    }
    const rest = (async () => {
      while (!(await reader.read()).done);
      return await stderr;
    })();
    return new RemoteWorker(child, rest);
  }

  /** Its process number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** How it ends, and what it complained about until then. */
  async ended(): Promise<{ status: Deno.CommandStatus; stderr: string }> {
    const [status, stderr] = await Promise.all([this.#child.status, this.#rest]);
    return { status, stderr };
  }

  /** Kills it, as if its machine had lost its power. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended();
  }

  /** Sends it a signal; one that has ended hears nothing. */
  signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
