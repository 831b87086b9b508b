import type { Msg } from "@nats-io/transport-node";
import type { Connection } from "../connection.ts";
import type { Structures } from "../structures.ts";

/** A job's message as a worker has it: until it is acknowledged, the server gives it to another when it hears nothing. */
export class Delivery {
  readonly #connection: Connection;
  readonly #structures: Structures;
  readonly #losses: number;
  readonly #message: Msg;
  /** How often the server has given it to somebody, this time included. */
  readonly count: number;
  #isOver = false;

  constructor(connection: Connection, structures: Structures, message: Msg) {
    this.#connection = connection;
    this.#structures = structures;
    this.#losses = structures.losses;
    this.#message = message;
    this.count = countOf(message.reply ?? "");
  }

  /** The message itself. */
  get data(): Uint8Array {
    return this.#message.data;
  }

  /** It is done with: the server forgets it. */
  acknowledge(): void {
    this.#end("+ACK");
  }

  /** The server gives it to another, at once. */
  giveBack(): void {
    this.#end("-NAK");
  }

  /** Nobody can ever do it: the server forgets it. */
  terminate(): void {
    this.#end("+TERM");
  }

  /** A sign of life: the server goes on waiting. */
  working(): void {
    if (!this.#isOver) this.#say("+WPI");
  }

  #end(word: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#say(word);
  }

  #say(word: string): void {
    const send = (): void => this.#connection.send(this.#message.reply!, word);
    if (this.#structures.isSure && this.#losses === this.#structures.losses) send();
    else void this.#structures.about(this.#losses, send);
  }
}

/**
 * The subject to which a job is acknowledged tells of its delivery: `$JS.ACK.stream.consumer.count.….….….…`, or from 2.11
 * on with a domain and an account behind `$JS.ACK`.
 */
function countOf(reply: string): number {
  const tokens = reply.split(".");
  return Number(tokens[tokens.length > 9 ? 6 : 4]) || 1;
}
