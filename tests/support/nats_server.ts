/** A real `nats-server` for tests: on this machine, on a free port, with its store in a temporary folder. */
import { type ServerProcess, startServer } from "../../src/distributed/embedded_server.ts";
import { authority, localhost } from "./certificates.ts";

/** The version of the server that is there, for example `2.9.10`, or `undefined` where there is none. */
export const NATS_VERSION: string | undefined = findVersion();

if (NATS_VERSION === undefined) {
  console.log(
    "Tests over NATS are skipped: apt-get install -y nats-server brings a server, QUARTET_NATS_SERVER names another",
  );
}

/** Whether the server that is there is at least of this version. */
export function natsIsAtLeast(major: number, minor: number): boolean {
  const [a = 0, b = 0] = (NATS_VERSION ?? "").split(".").map(Number);
  return a > major || a === major && b >= minor;
}

/** How a server differs from a plain one that stores and lets everybody in. */
export interface NatsServerOptions {
  /** Whether it stores anything. Default: true. */
  readonly jetstream?: boolean;
  /** Whether it wants TLS, with the certificate for `localhost` of these tests. Default: false. */
  readonly tls?: boolean;
  /** More lines of its configuration, for example `authorization { token: "t" }`. */
  readonly config?: string;
}

/** The running server. Disposing it ends it and removes its store; if this process is killed, a shell does the same. */
export class NatsServer implements AsyncDisposable {
  readonly port: number;
  /** Its address, as `servers` takes it. */
  readonly url: string;
  readonly #folder: string;
  #process: ServerProcess;

  private constructor(process: ServerProcess, folder: string, host: string) {
    this.#process = process;
    this.#folder = folder;
    this.port = process.port;
    this.url = `nats://${host}:${process.port}`;
  }

  /** Starts one. */
  static async start(
    { jetstream = true, tls = false, config = "" }: NatsServerOptions = {},
  ): Promise<NatsServer> {
    const folder = await Deno.makeTempDir({ prefix: "quartet-nats-test-" });
    try {
      const quoted = (name: string) => JSON.stringify(`${folder}/${name}`);
      const lines = [
        `listen: "127.0.0.1:-1"`,
        jetstream ? `jetstream { store_dir: ${quoted("store")} }` : "",
        tls ? `tls { cert_file: ${quoted("cert")}, key_file: ${quoted("key")} }` : "",
        config,
      ];
      await Deno.writeTextFile(`${folder}/nats.conf`, lines.join("\n"));
      await Deno.writeTextFile(`${folder}/authority`, authority);
      await Deno.writeTextFile(`${folder}/cert`, localhost.cert);
      await Deno.writeTextFile(`${folder}/key`, localhost.key);
      const process = await startServer(folder);
      return new NatsServer(process, folder, tls ? "localhost" : "127.0.0.1");
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** The file with the authority that signed its certificate. */
  get authorityFile(): string {
    return `${this.#folder}/authority`;
  }

  /** All that it has logged. */
  get log(): string {
    return Deno.readTextFileSync(`${this.#folder}/log`);
  }

  /** Kills it, as a power cut does: it has no moment to write anything. */
  async kill(): Promise<void> {
    Deno.kill(this.#process.pid, "SIGKILL");
    await this.#process.guard.status;
    await this.#process.guard.stdin.close();
  }

  /** Takes away what it has stored, after a kill. */
  async loseStore(): Promise<void> {
    await Deno.remove(`${this.#folder}/store`, { recursive: true });
  }

  /** Starts it again after a kill, on the same port and with the same store. */
  async restart(): Promise<void> {
    const path = `${this.#folder}/nats.conf`;
    const config = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, config.replace(/127\.0\.0\.1:-?\d+/, `127.0.0.1:${this.port}`));
    this.#process = await startServer(this.#folder);
  }

  /** Stops it in its sleep and wakes it again: its connections stay open and nothing comes. */
  pause(): Disposable {
    const { pid } = this.#process;
    Deno.kill(pid, "SIGSTOP");
    return { [Symbol.dispose]: () => Deno.kill(pid, "SIGCONT") };
  }

  /** Ends it and removes its store. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { guard } = this.#process;
    if (!guard.stdin.locked) await guard.stdin.getWriter().close();
    await guard.status;
    await Deno.remove(this.#folder, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // its shell has removed it
    });
  }
}

/** A test that needs a server; skipped where there is none. */
export function natsTest(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  Deno.test({ name, ignore: NATS_VERSION === undefined, fn });
}

function findVersion(): string | undefined {
  if (Deno.build.os === "windows") return undefined;
  const script = `PATH=$PATH:/usr/sbin:/usr/local/bin:/opt/homebrew/bin
    "\${QUARTET_NATS_SERVER:-nats-server}" --version`;
  const { stdout } = new Deno.Command("sh", { args: ["-c", script], stderr: "null" }).outputSync();
  return /v(\d+\.\d+\.\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
}
