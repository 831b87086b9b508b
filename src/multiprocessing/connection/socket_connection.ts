import { Deque } from "../../core/collections/deque.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { EOFError, TransferError } from "../../core/errors.ts";
import type { Leave } from "../../core/withdrawal/signalled_wait.ts";
import type { Handle } from "../../shared/memory/handle.ts";
import { Channel, isHangup, Lane } from "../../wire/frames/channel.ts";
import { Connection } from "./connection.ts";
import { type EncodedMessage, readMessage } from "../objects/message.ts";
import { callerOf, HomeCaller, timeoutOf } from "../objects/bounds.ts";
import { closedError, endError } from "./end_error.ts";
import { CallerList } from "../sync/caller_waiter.ts";

/** The most bytes of a message, unless another limit is asked for. */
export const DEFAULT_LIMIT: number = 256 * 1024 * 1024;

/** With so many messages, or bytes, that nobody has received, no more are read. */
const MOST_UNREAD = 16 * 1024, MOST_HELD = 64 * 1024 * 1024;

/**
 * A connection over a socket, whose other side has proved that it knows the key. While too much is left unread on one
 * side, `send` waits on the other.
 */
export class SocketConnection<Out = unknown, In = Out> extends Connection<Out, In> {
  readonly #channel: Channel;
  readonly #inbox = new Deque<{ readonly encoded: EncodedMessage; readonly bytes: number }>();
  readonly #receivers = new CallerList<EncodedMessage>();
  readonly #pollers = new CallerList<true>();
  #ended = false;
  #broken: unknown;
  /** The bytes of what is in the inbox. */
  #held = 0;
  /** Goes on listening. */
  #onRoom: (() => void) | null = null;

  constructor(conn: Deno.Conn, limit: number) {
    super(true, true);
    this.#channel = new Channel(conn, limit, (error) => this.#end(error));
    this.#listen();
  }

  protected override sendLetter(encoded: EncodedMessage): Promise<void> {
    if (this.#ended) throw closedError();
    this.#channel.send([encoded.isBytes, encoded.value, encoded.marked]);
    return this.#channel.flushed().then(this.#flushed);
  }

  protected override takeLetter(): EncodedMessage | null {
    const next = this.#inbox.shift();
    if (next === undefined) return null;
    this.#held -= next.bytes;
    this.#makeRoom();
    return next.encoded;
  }

  protected override nextLetter(
    leave: Leave,
    timeout: number | null,
  ): Promise<EncodedMessage | null> {
    if (this.#ended) return Promise.reject(this.#endError());
    return this.#receivers.wait(new HomeCaller(leave), timeout);
  }

  protected override returnLetter(encoded: EncodedMessage): void {
    if (this.closed || this.#receivers.give(encoded)) return;
    this.#inbox.unshift({ encoded, bytes: 0 });
    this.#pollers.grantAll(true);
  }

  protected override async awaitLetter(options: WaitOptions): Promise<boolean> {
    if (this.#inbox.size > 0 || this.#ended) return true;
    return await this.#pollers.wait(callerOf(options.signal), timeoutOf(options)) !== null;
  }

  protected override closeEnd(): void {
    this.#inbox.clear();
    this.#held = 0;
    this.#makeRoom();
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
      await this.#channel.listen((message, lane, bytes) => {
        if (lane !== Lane.CALLS) throw new TransferError("Cannot read a message: it is none");
        return this.#take(readMessage(message, "peer"), bytes);
      });
      this.#end(undefined);
    } catch (error) {
      this.#end(error);
    }
  }

  #take(encoded: EncodedMessage, bytes: number): void | Promise<void> {
    if (this.closed || this.#receivers.give(encoded)) return;
    this.#inbox.push({ encoded, bytes });
    this.#held += bytes;
    this.#pollers.grantAll(true);
    if (this.#inbox.size < MOST_UNREAD && this.#held < MOST_HELD) return;
    // As long as nobody receives, the sender has to wait, as it has to with a plain socket.
    return new Promise((resolve) => this.#onRoom = resolve);
  }

  /** There is room again when half of it is received. */
  #makeRoom(): void {
    if (this.#onRoom === null) return;
    if (this.#inbox.size > MOST_UNREAD / 2 || this.#held > MOST_HELD / 2) return;
    this.#onRoom();
    this.#onRoom = null;
  }

  /** Nothing more comes. What cannot be understood is not listened to any further. */
  #end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    // A message that was cut off is more than an end.
    if (error !== undefined && (!isHangup(error) || error instanceof EOFError)) {
      this.#broken = error;
    }
    this.#receivers.failAll(() => this.#endError());
    this.#pollers.grantAll(true);
    this.#channel.close();
  }

  readonly #flushed = (): void => {
    if (this.#channel.broken) throw this.#endError();
  };

  #endError(): unknown {
    return this.#broken ?? endError();
  }
}
