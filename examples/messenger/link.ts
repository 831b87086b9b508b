import { decode, encode, type Frame } from "./frames.ts";

/** A connection between two messengers; frames are written in the order of `send`. */
export class Link implements Disposable {
  readonly #conn: Deno.TcpConn;
  #writing: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    conn.setNoDelay(true);
  }

  /** The other side's address. */
  get hostname(): string {
    return this.#conn.remoteAddr.hostname;
  }

  /** What arrives, until the connection ends; how it ended does not matter, only garbage throws. */
  async *frames(): AsyncGenerator<Frame, void, void> {
    yield* decode(this.#chunks());
  }

  /** Writes a frame; returns whether it was handed to the system. */
  send(frame: Frame): Promise<boolean> {
    const written = this.#writing.then(() => this.#write(encode(frame)));
    this.#writing = written;
    return written;
  }

  /** Closes the connection. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  /** Writes a last frame, sees to it that it arrives, and closes. */
  async closeWith(frame: Frame): Promise<void> {
    // A socket that is closed with bytes unread drops what it has written: read on for a moment.
    if (await this.send(frame)) {
      await this.#conn.closeWrite().catch((error) => this.#over(error));
      const giveUp = setTimeout(() => this.close(), 500);
      for await (const _ of this.#chunks());
      clearTimeout(giveUp);
    }
    this.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, void> {
    const buffer = new Uint8Array(65_536);
    while (!this.#closed) {
      const count = await this.#conn.read(buffer).catch((error) => this.#over(error));
      if (count === null) return;
      yield buffer.slice(0, count);
    }
  }

  async #write(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length && !this.#closed;) {
      const count = await this.#conn.write(bytes.subarray(at)).catch((error) => this.#over(error));
      if (count === null) return false;
      at += count;
    }
    return !this.#closed;
  }

  /** A connection that is over, whatever ended it, is no error here: a link is made anew. */
  #over(error: unknown): null {
    if (this.#closed || error instanceof Deno.errors.BadResource) return null;
    if (error instanceof Error && error.name in Deno.errors) return null;
    throw error;
  }
}
