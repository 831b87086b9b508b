import type { NodeConnectionOptions } from "@nats-io/transport-node";
import { checkOptions, checkText, show } from "../core/check.ts";
import type { NatsClient } from "./client.ts";
import { readCredentials, readSeed } from "./credentials.ts";

/** The certificates of a connection by TLS; each as the path of a PEM file or as its text. */
export interface NatsTlsOptions {
  /** The certificate authorities that are trusted, as text; default: those of the system. */
  ca?: string;
  /** Their file. */
  caFile?: string;
  /** This side's certificate, as text. */
  cert?: string;
  /** Its file. */
  certFile?: string;
  /** The key of that certificate, as text. */
  key?: string;
  /** Its file. */
  keyFile?: string;
  /** Whether TLS begins before the server's first word; default false. */
  handshakeFirst?: boolean;
}

/** Which server, which queue on it, and how this side proves who it is. */
export interface NatsConnectionOptions {
  /**
   * Where the servers are, as `"nats://127.0.0.1:4222"`, `"tls://host"` or `"host:port"`; several are of one cluster.
   * A name and a password, or a token alone, may stand before the host, and are shown nowhere. Default `"nats://127.0.0.1:4222"`.
   */
  servers?: string | string[];
  /** The queue: callers and workers of the same one find each other; letters, digits and dashes. Default `"quartet"`. */
  queue?: string;
  /** The name of the user. */
  user?: string;
  /** The password of the user. */
  pass?: string;
  /** A token. */
  token?: string;
  /** The file of credentials (a JWT and a seed), as `nsc` writes it. */
  credsFile?: string;
  /** The file of an nkey's seed. */
  nkeySeedFile?: string;
  /** Asks for TLS, with these certificates; `{}` for those of the system. */
  tls?: NatsTlsOptions;
  /** On how many servers of a cluster everything is stored: 1, 3 or 5. Default 1. */
  replicas?: number;
}

/** Where the server is when nobody says. */
const DEFAULT_SERVERS = "nats://127.0.0.1:4222";
/** The queue when nobody says. */
export const DEFAULT_QUEUE = "quartet";

const SCHEMES = new Set(["nats:", "tls:"]);
const TEXTS = ["user", "pass", "token", "credsFile", "nkeySeedFile"] as const;
const TLS_TEXTS = ["ca", "caFile", "cert", "certFile", "key", "keyFile"] as const;

/** A server's address without what is secret, and what was secret in it. */
interface Address {
  readonly host: string;
  readonly user: string | undefined;
  readonly pass: string | undefined;
  /** A name without a password. */
  readonly token: string | undefined;
  readonly isTls: boolean;
}

/** The options of a connection, checked: what is secret in them leaves only to the client. */
export class ConnectionSettings {
  /** The servers as `host:port`, to be shown. */
  readonly hosts: readonly string[];
  readonly replicas: number;
  readonly #options: NatsConnectionOptions;
  readonly #first: Address;

  /**
   * @param what what the options are given to, for the errors.
   * @throws {TypeError} if one of them is of the wrong kind.
   */
  constructor(options: NatsConnectionOptions, what: string) {
    checkOptions(options, what, `servers: "${DEFAULT_SERVERS}"`);
    const { servers = DEFAULT_SERVERS, replicas = 1, tls } = options;
    for (const name of TEXTS) {
      if (options[name] !== undefined) checkSecret(options[name], name);
    }
    const given = typeof servers === "string" ? [servers] : servers;
    if (!Array.isArray(given) || given.length === 0) {
      throw new TypeError(
        `Cannot use servers ${
          show(servers)
        }: give an address or an array of some, as "${DEFAULT_SERVERS}"`,
      );
    }
    if (![1, 3, 5].includes(replicas)) {
      throw new RangeError(`Cannot use replicas ${show(replicas)}: give 1, 3 or 5`);
    }
    if (tls !== undefined) {
      checkOptions(tls, "tls", 'caFile: "ca.pem"');
      for (const name of TLS_TEXTS) if (tls[name] !== undefined) checkSecret(tls[name], name);
    }
    const addresses = given.map(addressOf);
    this.#options = { ...options };
    this.#first = addresses[0]!;
    this.hosts = addresses.map(({ host }) => host);
    this.replicas = replicas;
  }

  /**
   * What the client takes.
   *
   * @throws {AuthenticationError} if the file of a secret cannot be read, or is none.
   */
  async forClient(
    { core }: NatsClient,
    name: string,
    timeout: number,
  ): Promise<NodeConnectionOptions> {
    const { user, pass, token, credsFile, nkeySeedFile, tls } = this.#options;
    const options: NodeConnectionOptions = {
      servers: [...this.hosts],
      name,
      timeout,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: 5_000,
      maxPingOut: 2,
      waitOnFirstConnect: false,
    };
    const named = user ?? this.#first.user;
    if (named !== undefined) options.user = named;
    const word = pass ?? this.#first.pass;
    if (word !== undefined) options.pass = word;
    const sign = token ?? (named === undefined ? this.#first.token : undefined);
    if (sign !== undefined) options.token = sign;
    if (credsFile !== undefined) {
      options.authenticator = core.credsAuthenticator(await readCredentials(core, credsFile));
    } else if (nkeySeedFile !== undefined) {
      options.authenticator = core.nkeyAuthenticator(await readSeed(core, nkeySeedFile));
    }
    if (tls !== undefined || this.#first.isTls) options.tls = { ...tls };
    return options;
  }
}

/** As `checkText`, without showing what it is. */
function checkSecret(value: unknown, name: string): void {
  if (typeof value === "string" && value !== "") return;
  throw new TypeError(
    `Cannot use ${name}: it is ${value === "" ? "empty" : typeof value}; give a string`,
  );
}

function addressOf(server: unknown): Address {
  checkText(server, "servers");
  const text = server as string;
  const url = /^[a-z]+:\/\//i.test(text) ? text : `nats://${text}`;
  if (!URL.canParse(url)) throw unusable("it is no address");
  // A scheme that the platform does not know is not parsed in all its parts everywhere: one that it knows is.
  const { protocol } = new URL(url);
  if (!SCHEMES.has(protocol)) throw unusable(`${protocol} is no scheme of it`);
  const address = `http://${url.slice(url.indexOf("//") + 2)}`;
  if (!URL.canParse(address)) throw unusable("it is no address");
  const { hostname, username, password, pathname, search, hash } = new URL(address);
  if (hostname === "" || pathname !== "/" || search !== "" || hash !== "") {
    throw unusable("it is more than an address");
  }
  const [name, word] = [decoded(username), decoded(password)];
  const port = /:(\d+)\/?$/.exec(url)?.[1] ?? "4222";
  return {
    host: `${hostname}:${port}`,
    user: word === undefined ? undefined : name,
    pass: word,
    token: word === undefined ? name : undefined,
    isTls: protocol === "tls:",
  };
}

/** What stands in a part of an address; nothing if that is empty. */
function decoded(part: string): string | undefined {
  if (part === "") return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw unusable("a percent sign before the host is none of %25 and the like");
  }
}

/** Says nothing of the address itself: a password may stand in it. */
function unusable(why: string): TypeError {
  return new TypeError(
    `Cannot use an address in servers: ${why}; give one as "${DEFAULT_SERVERS}" or "tls://host:4222"`,
  );
}
