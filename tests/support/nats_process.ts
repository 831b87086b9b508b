/**
 * A `nats-server` that ends with the program that started it.
 *
 *     this program ──stdin──► sh ──starts──► nats-server
 *
 * A program that is killed can end nothing, so a shell watches: when its standard input closes, whatever closed it, it kills
 * the server and removes the folder with all that the server had stored.
 *
 *     program disposes of the server, ends, crashes, is killed    stdin closes: server killed, folder removed
 *     server ends by itself                                       the shell ends with its code, the folder stays
 */
import { realClock } from "../../src/core/clock.ts";
import { BrokenExecutorError } from "../../src/core/errors.ts";

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
