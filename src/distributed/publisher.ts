/**
 * Has messages stored, many at a time, and each once.
 *
 *     state     event                                            becomes
 *     waiting   fewer than so many are on their way              sent
 *     sent      the server has stored it, or something is there  over
 *               the server refuses it                            over
 *               it cannot store just now                         sent, after a pause
 *               the connection was made again, nothing came      sent, again
 *     any       the connection is closed for good                over
 *
 * A message is sent again under the same id, so it is stored once also when only the reply was lost. One inbox takes all
 * replies: the client's own way to ask makes a timer and two errors for each message, in case that it fails.
 */
import type { Msg, MsgHdrs } from "@nats-io/transport-node";
import { type ClockTimer, now, setTimer } from "../core/clock.ts";
import { Deque } from "../core/collections/deque.ts";
import { BrokenExecutorError } from "../core/errors.ts";
import type { Connection } from "./connection.ts";
import { ApiCode } from "./structures.ts";

/** How many messages may be on their way. */
const IN_FLIGHT = 1_024;
/** How long a reply may take, and how often it is looked for those that took longer, in milliseconds. */
const [PATIENCE, LOOK] = [5_000, 500];
/** The server says that it cannot just now. */
const UNAVAILABLE = 503;

/** What a message is stored under. */
export interface Storing {
  /** A message of this id is stored once, however often it is sent. */
  readonly msgID: string;
  /** Whether it is only stored if nothing is stored under its subject. */
  readonly isFirst?: boolean;
}

/** Where a message is stored. */
export interface Stored {
  readonly stream: string;
  readonly seq: number;
}

/** A message on its way. */
interface Sent {
  readonly subject: string;
  readonly bytes: Uint8Array;
  readonly headers: MsgHdrs;
  readonly resolve: (stored: Stored | null) => void;
  readonly reject: (error: Error) => void;
  /** When it is sent again, unless a reply has come. */
  again: number;
}

/** See the head of this file. */
export class Publisher {
  readonly #connection: Connection;
  readonly #inbox: string;
  readonly #sent = new Map<number, Sent>();
  readonly #waiting = new Deque<Sent>();
  #serial = 0;
  #timer: ClockTimer | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#inbox = connection.client.core.createInbox();
    connection.subscribe(`${this.#inbox}.*`, (message) => this.#hear(message));
    connection.onReconnect(() => this.#sendAgain(Infinity));
    connection.closed.then(() => this.#end());
  }

  /**
   * Ends when the server has stored it; with `null` if it has not, because something is stored there already.
   *
   * @throws {BrokenExecutorError} if the connection is closed before, or the server refuses it.
   */
  store(subject: string, bytes: Uint8Array, { msgID, isFirst }: Storing): Promise<Stored | null> {
    const { core } = this.#connection.client;
    const headers = core.headers();
    headers.set("Nats-Msg-Id", msgID);
    if (isFirst) headers.set("Nats-Expected-Last-Subject-Sequence", "0");
    return new Promise((resolve, reject) => {
      const message = { subject, bytes, headers, resolve, reject, again: 0 };
      if (this.#connection.isClosed) return reject(this.#closed());
      if (this.#sent.size < IN_FLIGHT) this.#send(this.#serial++, message);
      else this.#waiting.push(message);
    });
  }

  #send(serial: number, message: Sent): void {
    message.again = now() + PATIENCE;
    this.#sent.set(serial, message);
    const { subject, bytes, headers } = message;
    this.#connection.send(subject, bytes, { headers, reply: `${this.#inbox}.${serial}` });
    this.#timer ??= setTimer(() => this.#look(), LOOK);
  }

  #hear(reply: Msg): void {
    const serial = Number(reply.subject.slice(this.#inbox.length + 1));
    const message = this.#sent.get(serial);
    if (message === undefined) return; // it was sent twice
    const { stream, seq, error } = replyIn(reply);
    if (error?.code === UNAVAILABLE && error.err_code !== ApiCode.NO_SPACE) {
      message.again = now() + LOOK;
      return;
    }
    this.#sent.delete(serial);
    if (error === undefined) message.resolve({ stream: stream ?? "", seq: seq ?? 0 });
    else if (error.err_code === ApiCode.WRONG_LAST_SEQUENCE) message.resolve(null);
    else message.reject(refusal(error.description));
    const next = this.#waiting.shift();
    if (next !== undefined) this.#send(this.#serial++, next);
    else if (this.#sent.size === 0) this.#rest();
  }

  #look(): void {
    this.#timer = setTimer(() => this.#look(), LOOK);
    this.#sendAgain(now());
  }

  /** Sends what should have been answered by then. */
  #sendAgain(due: number): void {
    for (const [serial, message] of [...this.#sent]) {
      if (message.again <= due) this.#send(serial, message);
    }
  }

  #end(): void {
    this.#rest();
    for (const message of [...this.#sent.values(), ...this.#waiting]) {
      message.reject(this.#closed());
    }
    this.#sent.clear();
    this.#waiting.clear();
  }

  #rest(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #closed(): Error {
    return new BrokenExecutorError("Cannot store in the queue: the connection was closed");
  }
}

/** What the server says of a message. */
interface Reply {
  readonly stream?: string;
  readonly seq?: number;
  readonly error?: {
    readonly code: number;
    readonly err_code?: number;
    readonly description: string;
  };
}

function replyIn(message: Msg): Reply {
  if (message.data.length > 0) return message.json<Reply>();
  // Nobody stores: it has begun, and JetStream has not.
  return { error: { code: UNAVAILABLE, description: "nobody stores" } };
}

function refusal(why: string): Error {
  return new BrokenExecutorError(
    `Cannot store in the queue: the server refuses it (${why}); see its limits and its log`,
  );
}
