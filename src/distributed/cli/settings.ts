import { count, list } from "../../command/option_values.ts";
import { parseOptions } from "../../command/parse_options.ts";
import { UsageError } from "../../command/usage_error.ts";
import { nearName } from "../../command/near_name.ts";
import type { NatsConnectionOptions } from "../connection_options.ts";

/** Where a worker runs its jobs. */
export type LocalExecutor = "threads" | "processes" | "async";

/** What the command line asks for. */
export type Settings =
  | { readonly command: "help" | "version" }
  | WorkerSettings
  | StatusSettings
  | DeadSettings;

interface Connected {
  /** What names the server and the queue; secrets as the files that hold them, or as the environment has them. */
  readonly connection: NatsConnectionOptions;
}

/** To take jobs. */
export interface WorkerSettings extends Connected {
  readonly command: "worker";
  readonly allow: readonly string[];
  readonly executor: LocalExecutor;
  readonly concurrency?: number | undefined;
  /** Whether it brings the server as well. */
  readonly embedded: boolean;
}

/** To tell what there is. */
export interface StatusSettings extends Connected {
  readonly command: "status";
  readonly json: boolean;
}

/** To see to jobs that were given up. */
export interface DeadSettings extends Connected {
  readonly command: "dead";
  readonly deed: "list" | "replay" | "purge";
  /** The jobs that are meant; `null`: all. */
  readonly ids: readonly string[] | null;
  readonly json: boolean;
}

/** What `--help` prints. */
export const HELP = `Runs jobs of programs on other machines, over a NATS server with JetStream.

Usage: distributed worker --allow URL [options]       takes jobs until it is told to end
       distributed status [options]                   tells who is there and what waits
       distributed dead list [options]                shows the jobs that were given up
       distributed dead replay ID… | --all [options]  has them run again
       distributed dead purge ID… | --all [options]   forgets them

  --servers LIST     where the servers are, by commas (default nats://127.0.0.1:4222)
  --queue NAME       the queue of the jobs (default quartet)
  --json             print JSON instead of a table

worker:
  --allow URL        what the URLs of modules begin with that may run; again for each further one
  --executor E       threads, processes or async (default threads)
  --concurrency N    how many jobs at once (default: one for each core)
  --embedded         bring the server too: a nats-server from the path, for this machine only

Who this is, for all of them; a secret is never an argument, which others could read:
  --creds F          a file of credentials        or in the environment NATS_CREDS
  --nkey F           the file of an nkey's seed                         NATS_NKEY
  --token-file F     the file of a token                                NATS_TOKEN is the token
  --user NAME        a user                                             NATS_USER
  --password-file F  the file of the user's password                    NATS_PASSWORD is the password
  --tls-ca F         trust this authority                               NATS_CA
  --tls-cert F, --tls-key F   this side's certificate and key           NATS_CERT, NATS_KEY
  NATS_URL           the servers, where --servers is not given

  --version          print the version
  --help             print this

A worker ends gently on SIGTERM and Ctrl-C: it takes nothing more and ends what runs; the second signal
ends it at once, and its jobs go to another worker.

Exits with 0 when done, 1 when it failed, 2 on wrong usage, 130 and 143 when a signal ended it.
`;

const CONNECTION = {
  servers: { type: "string" },
  queue: { type: "string" },
  creds: { type: "string" },
  nkey: { type: "string" },
  "token-file": { type: "string" },
  user: { type: "string" },
  "password-file": { type: "string" },
  "tls-ca": { type: "string" },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const WORKER = {
  ...CONNECTION,
  allow: { type: "string", multiple: true },
  executor: { type: "string" },
  concurrency: { type: "string" },
  embedded: { type: "boolean" },
} as const;

const STATUS = { ...CONNECTION, json: { type: "boolean" } } as const;

const DEAD = { ...STATUS, all: { type: "boolean" } } as const;

const COMMANDS = ["worker", "status", "dead"] as const;
const DEEDS = ["list", "replay", "purge"] as const;
const EXECUTORS = ["threads", "processes", "async"];

/** What the environment has of a variable; nothing where it may not be read. */
export type Environment = (name: string) => string | undefined;

/**
 * Reads the command line.
 *
 * @throws {UsageError} if it is not understood, or a file of a secret cannot be read.
 */
export function parseSettings(args: readonly string[], env: Environment): Settings {
  const [command, ...rest] = args;
  if (command === undefined || command === "--help" || command === "-h") return { command: "help" };
  if (command === "--version") return { command: "version" };
  switch (named(command, COMMANDS, "command")) {
    case "worker":
      return workerSettings(rest, env);
    case "status":
      return statusSettings(rest, env);
    case "dead":
      return deadSettings(rest, env);
  }
}

function workerSettings(args: readonly string[], env: Environment): Settings {
  const { values, positionals } = parseOptions(args, WORKER);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  nothingMore(positionals);
  const { allow = [], embedded = false } = values;
  if (allow.length === 0) {
    throw new UsageError(
      "worker needs --allow, what the URLs of modules begin with that may run: --allow https://example.com/jobs/",
    );
  }
  const executors = list(values.executor ?? "threads", "--executor", EXECUTORS);
  if (executors.length > 1) {
    throw new UsageError("--executor takes one of threads, processes, async");
  }
  const own = ["servers", "creds", "nkey", "token-file", "user", "password-file"] as const;
  const other = own.find((name) => values[name] !== undefined);
  if (embedded && other !== undefined) {
    throw new UsageError(
      `--embedded brings a server of its own, so --${other} means nothing: give one`,
    );
  }
  return {
    command: "worker",
    connection: embedded ? queueOf(values) : connectionOf(values, env),
    allow,
    executor: executors[0] as LocalExecutor,
    concurrency: count(values.concurrency, "--concurrency"),
    embedded,
  };
}

function statusSettings(args: readonly string[], env: Environment): Settings {
  const { values, positionals } = parseOptions(args, STATUS);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  nothingMore(positionals);
  return {
    command: "status",
    connection: connectionOf(values, env),
    json: values.json ?? false,
  };
}

function deadSettings(args: readonly string[], env: Environment): Settings {
  const { values, positionals } = parseOptions(args, DEAD);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [deed, ...ids] = positionals;
  if (deed === undefined) throw new UsageError(`dead takes one of ${DEEDS.join(", ")}`);
  const known = named(deed, DEEDS, "dead");
  if (known === "list") {
    nothingMore(ids);
    if (values.all) throw new UsageError("dead list shows all: leave --all out");
  } else if ((ids.length > 0) === (values.all ?? false)) {
    throw new UsageError(`dead ${known} takes the ids that dead list shows, or --all`);
  }
  return {
    command: "dead",
    deed: known,
    ids: known === "list" || values.all ? null : ids,
    connection: connectionOf(values, env),
    json: values.json ?? false,
  };
}

type Values = ReturnType<typeof parseOptions<typeof CONNECTION>>["values"];

function queueOf({ queue }: Values): NatsConnectionOptions {
  return queue === undefined ? {} : { queue };
}

function connectionOf(values: Values, env: Environment): NatsConnectionOptions {
  const given = (option: keyof Values & string, variable: string): string | undefined => {
    const value = values[option] as string | undefined;
    if (value === "") throw new UsageError(`--${option} takes a value, got ""`);
    return value ?? env(variable);
  };
  const secret = (option: "token-file" | "password-file", variable: string) => {
    const file = values[option];
    return file === undefined ? env(variable) : readSecret(file, option);
  };
  const servers = given("servers", "NATS_URL");
  const tls = defined({
    caFile: given("tls-ca", "NATS_CA"),
    certFile: given("tls-cert", "NATS_CERT"),
    keyFile: given("tls-key", "NATS_KEY"),
  });
  return defined({
    ...queueOf(values),
    servers: servers?.split(",").map((server) => server.trim()),
    credsFile: given("creds", "NATS_CREDS"),
    nkeySeedFile: given("nkey", "NATS_NKEY"),
    token: secret("token-file", "NATS_TOKEN"),
    user: given("user", "NATS_USER"),
    pass: secret("password-file", "NATS_PASSWORD"),
    tls: Object.keys(tls).length > 0 ? tls : undefined,
  });
}

function readSecret(file: string, option: string): string {
  let text: string;
  try {
    text = Deno.readTextFileSync(file).trim();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`--${option} ${file} cannot be read: ${error.message.split("\n")[0]}`);
  }
  if (text === "") throw new UsageError(`--${option} ${file} is empty: write the secret into it`);
  return text;
}

/** The entries that are there. */
function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function named<T extends string>(name: string, known: readonly T[], what: string): T {
  const found = known.find((each) => each === name);
  if (found !== undefined) return found;
  const near = nearName(name, known);
  throw new UsageError(`${what} "${name}" is not known${near}: there are ${known.join(", ")}`);
}

function nothingMore(positionals: readonly string[]): void {
  if (positionals.length === 0) return;
  throw new UsageError(`"${positionals[0]}" is one word too many: options begin with --`);
}
