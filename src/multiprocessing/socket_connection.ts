import { Deque, EOFError, TransferError, type WaitOptions } from "../core/mod.ts";
import { Channel, type Handle, isHangup } from "../wire/mod.ts";
import { Connection } from "./connection.ts";
import type { Letter } from "./letter.ts";
import { letterOf } from "./letter.ts";
import { timeoutOf } from "./lock.ts";
import { endError } from "./pipe_end.ts";
import { signalOf } from "./shared_object.ts";
import { Waiters } from "./waiters.ts";

/** The most bytes of a message, unless another limit is asked for. */
export const DEFAULT_LIMIT: number = 256 * 1024 * 1024;

const never = new AbortController().signal;

/** A connection over a socket, whose other side has proved that it knows the key. */
export class SocketConnection<Out = unknown, In = Out> extends Connection<Out, In> {
  readonly #channel: Channel;
  readonly #inbox = new Deque<Letter>();
  readonly #receivers = new Waiters<Letter>();
  readonly #pollers = new Waiters<true>();
  #ended = false;
  #broken: unknown;

  constructor(conn: Deno.Conn, limit: number) {
    super(true, true);
    this.#channel = new Channel(conn, limit, (error) => this.#end(error));
    this.#listen();
  }

  protected override async sendLetter(letter: Letter): Promise<void> {
    if (this.#ended) throw new EOFError("cannot send: the other end of the connection is closed");
    this.#channel.send([letter.isBytes, letter.value, letter.marked]);
    await this.#channel.flushed();
    if (this.#channel.broken) throw this.#endError();
  }

  protected override nextLetter(options: WaitOptions): Promise<Letter | null> {
    const letter = this.#inbox.shift();
    if (letter !== undefined) return Promise.resolve(letter);
    if (this.#ended) return Promise.reject(this.#endError());
    return this.#receivers.wait(callerOf(options), timeoutOf(options));
  }

  protected override async awaitLetter(options: WaitOptions): Promise<boolean> {
    if (this.#inbox.size > 0 || this.#ended) return true;
    return await this.#pollers.wait(callerOf(options), timeoutOf(options)) !== null;
  }

  protected override closeEnd(): void {
    this.#inbox.clear();
    this.#channel.flushed().then(() => this.#channel.close());
  }

  protected override leave(): Handle {
    throw new TransferError(
      "Cannot send a connection over a socket to another process: let that process connect itself",
    );
  }

  protected override comeBack(): void {} // it never leaves

  async #listen(): Promise<void> {
    try {
      await this.#channel.listen((message) => this.#take(letterOf(message, "peer")));
      this.#end(undefined);
    } catch (error) {
      this.#end(error);
    }
  }

  #take(letter: Letter): void {
    if (this.closed || this.#receivers.wake(letter) !== undefined) return;
    this.#inbox.push(letter);
    this.#pollers.wakeAll(true);
  }

  /** Nothing more comes. What cannot be understood is not listened to any further. */
  #end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!isHangup(error)) this.#broken = error;
    this.#receivers.refuseAll(() => this.#endError());
    this.#pollers.wakeAll(true);
    this.#channel.close();
  }

  #endError(): unknown {
    return this.#broken ?? endError();
  }
}

function callerOf(options: WaitOptions): { path: string; owner: string; signal: AbortSignal } {
  return { path: "", owner: "", signal: signalOf(options) ?? never };
}
