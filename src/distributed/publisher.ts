import type { PubAck } from "@nats-io/jetstream";
import { setTimer } from "../core/clock.ts";
import { Deque } from "../core/collections/deque.ts";
import { BrokenExecutorError } from "../core/errors.ts";
import type { Connection } from "./connection.ts";
import { ApiCode, codeOf } from "./structures.ts";

/** How many messages may be on their way to be stored. */
const IN_FLIGHT = 512;
/** The pauses between tries, in milliseconds: the first, and the longest. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [100, 2_000];
/** The server says that it cannot just now. */
const UNAVAILABLE = 503;

/** What a message is stored under. */
export interface Storing {
  /** A message of this id is stored once, however often it is sent. */
  readonly msgID: string;
  /** Whether it is only stored if nothing is stored under its subject. */
  readonly isFirst?: boolean;
}

/**
 * Has messages stored, many at a time, and each once.
 *
 * While the server is away or cannot store, a message is sent again and again under the same id, so that it is stored
 * once also when only the reply was lost.
 */
export class Publisher {
  readonly #connection: Connection;
  readonly #waiting = new Deque<() => void>();
  readonly #idle: (() => void)[] = [];
  #inFlight = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Ends when the server has stored it; `null` if it was not, because something is stored there already.
   *
   * @throws {BrokenExecutorError} if the connection was closed before, or the server refuses it.
   */
  async store(subject: string, bytes: Uint8Array, storing: Storing): Promise<PubAck | null> {
    if (this.#inFlight >= IN_FLIGHT) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#inFlight++;
    try {
      return await this.#send(subject, bytes, storing);
    } finally {
      const next = this.#waiting.shift();
      if (next !== undefined) next();
      else if (--this.#inFlight === 0) { for (const resolve of this.#idle.splice(0)) resolve(); }
    }
  }

  /** Ends when nothing is on its way. */
  idle(): Promise<void> {
    return this.#inFlight === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#idle.push(resolve));
  }

  async #send(
    subject: string,
    bytes: Uint8Array,
    { msgID, isFirst }: Storing,
  ): Promise<PubAck | null> {
    const { js } = this.#connection;
    const options = isFirst ? { msgID, expect: { lastSubjectSequence: 0 } } : { msgID };
    for (let pause = FIRST_PAUSE;; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await js.publish(subject, bytes, options);
      } catch (error) {
        if (codeOf(error) === ApiCode.WRONG_LAST_SEQUENCE) return null;
        if (this.#connection.isClosed || !this.#mayPass(error)) throw this.#refused(error);
      }
      await new Promise<void>((resolve) => setTimer(resolve, pause));
    }
  }

  /** Whether it is worth to send it again: no reply came, or the server cannot just now. */
  #mayPass(error: unknown): boolean {
    const { core, jetstream } = this.#connection.client;
    if (error instanceof jetstream.JetStreamApiError) {
      return (error as unknown as { status: number }).status === UNAVAILABLE &&
        error.code !== ApiCode.NO_SPACE;
    }
    return error instanceof core.TimeoutError || error instanceof core.RequestError ||
      (error as Error).name === "JetStreamNotEnabled";
  }

  #refused(error: unknown): Error {
    const why = error instanceof Error ? error.message : String(error);
    return new BrokenExecutorError(
      this.#connection.isClosed
        ? "Cannot store in the queue: the connection was closed"
        : `Cannot store in the queue: the server refuses it (${why}); see its limits and its log`,
      { cause: error },
    );
  }
}
