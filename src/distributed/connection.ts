import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import type { Msg, NatsConnection, PublishOptions, Subscription } from "@nats-io/transport-node";
import { setSoon } from "../core/clock.ts";
import { AuthenticationError, BrokenExecutorError } from "../core/errors.ts";
import { loadClient, type NatsClient } from "./client.ts";
import type { ConnectionSettings } from "./connection_options.ts";

/** How long a server may take to let a connection in, or for a request, in milliseconds. */
const PATIENCE = 5_000;

/** The oldest server that does all this: per-subject refusal of a second result, and republishing. */
const OLDEST_SERVER = "2.9.0";

/** A message that is to be sent. */
interface Outgoing {
  readonly subject: string;
  readonly bytes: Uint8Array | string;
  readonly options: PublishOptions | undefined;
}

/**
 * One connection to a server, for as long as its owner lives: after a break it connects again by itself, however long
 * that takes.
 */
export class Connection {
  readonly client: NatsClient;
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** Ends when the connection is closed for good; with what closed it, if it was not its owner. */
  readonly closed: Promise<Error | null>;
  readonly #onBreak = new Set<() => void>();
  readonly #onReconnect = new Set<() => void>();
  /** What is to be sent at the end of this turn. */
  #outgoing: Outgoing[] = [];
  #isClosing = false;
  #isUp = true;

  private constructor(
    client: NatsClient,
    nc: NatsConnection,
    js: JetStreamClient,
    jsm: JetStreamManager,
    hosts: string,
  ) {
    this.client = client;
    this.nc = nc;
    this.js = js;
    this.jsm = jsm;
    this.closed = nc.closed().then((error) =>
      this.#isClosing ? null : explained(client, error ?? "it was closed", hosts)
    );
    void this.#watch();
  }

  /**
   * Connects, and makes sure that the server can do what is needed.
   *
   * @throws {AuthenticationError} if the server does not let this side in.
   * @throws {BrokenExecutorError} if there is no server, it has no JetStream, or it is too old.
   */
  static async open(settings: ConnectionSettings, name: string): Promise<Connection> {
    const client = await loadClient();
    const hosts = settings.hosts.join(", ");
    const options = await settings.forClient(client, name, PATIENCE);
    let nc: NatsConnection;
    try {
      nc = await client.connect(options);
    } catch (error) {
      throw explained(client, error, hosts);
    }
    try {
      refuseOld(nc.info?.version ?? "0.0.0", hosts);
      const jsm = await client.jetstream.jetstreamManager(nc, { timeout: PATIENCE });
      return new Connection(
        client,
        nc,
        client.jetstream.jetstream(nc, { timeout: PATIENCE }),
        jsm,
        hosts,
      );
    } catch (error) {
      await nc.close();
      if (error instanceof BrokenExecutorError) throw error;
      throw explained(client, error, hosts);
    }
  }

  /** The largest message that the server takes, in bytes. */
  get maxPayload(): number {
    return this.nc.info?.max_payload ?? 1024 * 1024;
  }

  /**
   * Sends a message, with all others of this turn: each write to the socket costs as much as ten messages in it.
   *
   * A connection that was closed sends nothing.
   */
  send(subject: string, bytes: Uint8Array | string, options?: PublishOptions): void {
    if (this.#outgoing.push({ subject, bytes, options }) === 1) setSoon(() => this.#write());
  }

  /** Ends when the server has read all that was sent. */
  async flush(): Promise<void> {
    this.#write();
    await this.nc.flush();
  }

  /** Calls `fn` for each message on the subject. */
  subscribe(subject: string, fn: (message: Msg) => void, max?: number): Subscription {
    return this.nc.subscribe(subject, {
      max,
      callback: (error, message) => {
        if (error === null) fn(message);
      },
    });
  }

  /** Calls `fn` each time that the connection breaks. */
  onBreak(fn: () => void): void {
    this.#onBreak.add(fn);
  }

  /** Calls `fn` each time that the connection is there again: what was told meanwhile is lost. */
  onReconnect(fn: () => void): void {
    this.#onReconnect.add(fn);
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#isClosing || this.nc.isClosed();
  }

  /** Sends what is still to be sent, and closes. */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#write();
    this.#isClosing = true;
    if (this.nc.isClosed()) return;
    // Away from its server it would wait for it to come back.
    await (this.#isUp ? this.nc.drain().catch(() => this.nc.close()) : this.nc.close());
  }

  #write(): void {
    const outgoing = this.#outgoing;
    if (outgoing.length === 0) return;
    this.#outgoing = [];
    if (this.nc.isClosed() || this.nc.isDraining()) return;
    for (const { subject, bytes, options } of outgoing) this.nc.publish(subject, bytes, options);
  }

  async #watch(): Promise<void> {
    for await (const status of this.nc.status()) {
      if (status.type === "disconnect") {
        this.#isUp = false;
        for (const fn of this.#onBreak) fn();
      }
      if (status.type !== "reconnect") continue;
      this.#isUp = true;
      for (const fn of this.#onReconnect) fn();
    }
  }
}

function refuseOld(version: string, hosts: string): void {
  if (isAtLeast(version, OLDEST_SERVER)) return;
  throw new BrokenExecutorError(
    `Cannot use the NATS server at ${hosts}: it is version ${version}; take ${OLDEST_SERVER} or later`,
  );
}

/** Whether one version is another or a later one. */
function isAtLeast(version: string, least: string): boolean {
  const [has, needs] = [version, least].map((each) =>
    each.split(".").map((part) => parseInt(part))
  );
  for (const [index, need] of needs!.entries()) {
    const part = has![index] ?? 0;
    if (part !== need) return part > need;
  }
  return true;
}

/** A failure to connect in one line, which shows the address and nothing secret. */
function explained({ core, jetstream }: NatsClient, error: unknown, hosts: string): Error {
  const why = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (
    error instanceof core.AuthorizationError || error instanceof core.UserAuthenticationExpiredError
  ) {
    return new AuthenticationError(
      `Cannot connect to the NATS server at ${hosts}: it does not let this side in (${why}); check user and pass, token, credsFile or nkeySeedFile`,
      options,
    );
  }
  if (error instanceof jetstream.JetStreamError || /jetstream/i.test(why)) {
    return new BrokenExecutorError(
      `Cannot use the NATS server at ${hosts}: it has no JetStream here (${why}); start it with nats-server -js, or enable it for this account`,
      options,
    );
  }
  return new BrokenExecutorError(
    `Cannot connect to a NATS server at ${hosts}: ${why}; start one with nats-server -js, or give servers`,
    options,
  );
}
