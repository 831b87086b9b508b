/**
 * A `nats-server` that belongs to this program and ends with it.
 *
 *     this program ──stdin──► sh ──starts──► nats-server
 *
 * A program that is killed can end nothing, so a shell watches: when its standard input closes, whatever closed it, it kills
 * the server and removes the folder with all that the server had stored.
 *
 *     program disposes of the server, ends, crashes, is killed    stdin closes: server killed, folder removed
 *     server ends by itself                                       the shell ends with its code, the folder stays,
 *                                                                 and the server is started again in it
 */
import { holdProgramFor } from "../core/child_hold.ts";
import { realClock } from "../core/clock.ts";
import { BrokenExecutorError } from "../core/errors.ts";

/** How long a server may take until it listens, in milliseconds: it reads its store first. */
const PATIENCE = 30_000;

/** How often it is looked for, in milliseconds. */
const LOOK_EVERY = 5;

/** What the shell says of a command that is not there. */
const NOT_FOUND = 127;

/** The shell's part; `$0` is the folder. Debian has servers in a folder that only root's path names. */
const GUARD = `
PATH=$PATH:/usr/sbin:/usr/local/bin:/opt/homebrew/bin
exec 3<&0 </dev/null >"$0/log" 2>&1
"\${QUARTET_NATS_SERVER:-nats-server}" -c "$0/nats.conf" --ports_file_dir "$0" 3<&- & server=$!
{ read -r _ <&3; : >"$0/closing"; kill -9 $server; } & watcher=$!
exec 3<&-
wait $server; code=$?
if [ -e "$0/closing" ]; then rm -rf "$0"; else kill $watcher; fi
exit $code
`;

/** A server that listens. */
export interface ServerProcess {
  /** The shell; its end is the server's. */
  readonly guard: Deno.ChildProcess;
  readonly port: number;
  /** The server's process number. */
  readonly pid: number;
}

/**
 * Starts a server with the configuration in `nats.conf` of a folder, and waits until it listens.
 *
 * @throws {BrokenExecutorError} if there is no such program, or it does not come up.
 */
export async function startServer(folder: string): Promise<ServerProcess> {
  for (const name of portsFiles(folder)) await Deno.remove(`${folder}/${name}`);
  const guard = new Deno.Command("sh", {
    args: ["-c", GUARD, folder],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true, // what a terminal sends to this program, as Ctrl-C, is for this program to see to
  }).spawn();
  let ended: Deno.CommandStatus | undefined;
  guard.status.then((status) => ended = status);
  const until = realClock.now() + PATIENCE;
  while (ended === undefined && realClock.now() < until) {
    const listening = tryReadPorts(folder);
    if (listening !== undefined) return { guard, ...listening };
    await new Promise<void>((resolve) => realClock.setTimer(resolve, LOOK_EVERY));
  }
  const why = reason(folder, ended);
  await guard.stdin.close();
  await guard.status;
  throw new BrokenExecutorError(`Cannot start nats-server: ${why}`);
}

/** The server of one program. One that ends by itself is started again, with what it stored and where it was. */
export class EmbeddedServer implements AsyncDisposable {
  /** Where it listens: this machine only. */
  readonly servers: string;
  /** Whoever has it may use the server: other users of the machine have not. */
  readonly token: string;
  /** Where its configuration, its log and its store are; only this user can enter. */
  readonly folder: string;
  readonly #port: number;
  #guard: Deno.ChildProcess;
  #reviving: Promise<void> | null = null;
  #isEnding = false;

  private constructor({ guard, port }: ServerProcess, folder: string, token: string) {
    this.servers = `nats://127.0.0.1:${port}`;
    this.token = token;
    this.folder = folder;
    this.#port = port;
    this.#guard = guard;
    this.#watch();
  }

  /**
   * Starts one with JetStream on a free port, in a temporary folder of its own.
   *
   * @throws {BrokenExecutorError} if there is no `nats-server`, or it does not come up.
   */
  static async start(): Promise<EmbeddedServer> {
    if (Deno.build.os === "windows") {
      throw new BrokenExecutorError(
        "Cannot start nats-server: on Windows nothing here would end it with the program; start one yourself and name it in servers",
      );
    }
    const folder = await Deno.makeTempDir({ prefix: "quartet-nats-" });
    const token = crypto.getRandomValues(new Uint8Array(24)).toHex();
    try {
      await configure(folder, token, -1);
      return new EmbeddedServer(await startServer(folder), folder, token);
    } catch (error) {
      await removeFolder(folder);
      throw error;
    }
  }

  /** Ends it and removes what it stored. Twice does nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    await this.#reviving;
    holdProgramFor(this.#guard, true);
    if (!this.#guard.stdin.locked) await this.#guard.stdin.getWriter().close();
    await this.#guard.status;
    await removeFolder(this.folder); // still there if the server had ended by itself
  }

  #watch(): void {
    const guard = this.#guard;
    holdProgramFor(guard, false); // it ends with the program and holds it up no longer
    guard.status.then(() => {
      if (!this.#isEnding) this.#reviving = this.#revive();
    });
  }

  async #revive(): Promise<void> {
    await this.#guard.stdin.getWriter().close();
    try {
      await configure(this.folder, this.token, this.#port);
      this.#guard = (await startServer(this.folder)).guard;
      this.#watch();
    } catch (error) {
      console.error(
        "The nats-server of this program has ended, and cannot be started again:",
        error,
      );
    }
  }
}

async function configure(folder: string, token: string, port: number): Promise<void> {
  const text = `listen: "127.0.0.1:${port}"
authorization { token: "${token}" }
jetstream { store_dir: ${JSON.stringify(`${folder}/store`)} }
`;
  await Deno.writeTextFile(`${folder}/nats.conf`, text, { mode: 0o600 });
}

/** The files in which servers wrote where they listen, each named for its process. */
function portsFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    name.endsWith(".ports")
  );
}

/** Where the server listens; nothing as long as it has not written that, or not all of it. */
function tryReadPorts(folder: string): { port: number; pid: number } | undefined {
  const [name] = portsFiles(folder);
  if (name === undefined) return undefined;
  const port = /"[a-z]+:\/\/[^"]*:(\d+)"/.exec(Deno.readTextFileSync(`${folder}/${name}`))?.[1];
  const pid = /_(\d+)\.ports$/.exec(name)?.[1];
  return port === undefined || pid === undefined
    ? undefined
    : { port: Number(port), pid: Number(pid) };
}

/** Why it does not listen, with a way out. */
function reason(folder: string, ended: Deno.CommandStatus | undefined): string {
  if (ended === undefined) return `it did not listen within ${PATIENCE} ms; look at its machine`;
  if (ended.code === NOT_FOUND) {
    return "there is none on the path; install it (apt-get install nats-server, brew install nats-server) or name one in QUARTET_NATS_SERVER";
  }
  const last = Deno.readTextFileSync(`${folder}/log`).trimEnd().split("\n").at(-1)!;
  return `it ended with code ${ended.code}, and its last line was "${last}"; mend what it says`;
}

async function removeFolder(folder: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // the shell has removed it
  }
}
