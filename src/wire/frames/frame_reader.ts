import { CHUNK, type Duplex, type Frame, HEADER, NONE, truncated } from "./frame.ts";

/** So many bytes are made room for because a header says so. */
const BELIEVED = 1024 * 1024;
/** Beyond that, room is made for so many times what has come: most is copied once at most. */
const GROWTH = 8;

/** Takes frames from a stream. */
export class FrameReader {
  readonly #duplex: Duplex;
  readonly #limit: number;
  #chunk = new Uint8Array(CHUNK);
  #view = new DataView(this.#chunk.buffer);
  #start = 0;
  #end = 0;

  /**
   * `limit` bounds a frame's body and attachments together, in bytes.
   *
   * @throws {RangeError} if it is no bound.
   */
  constructor(duplex: Duplex, limit: number) {
    if (!(limit >= 1)) {
      throw new RangeError(`Cannot bound messages by ${limit} bytes: give a number from 1`);
    }
    this.#duplex = duplex;
    this.#limit = limit;
  }

  /** The next frame if it is here whole; never waits. */
  tryRead(): Frame | undefined {
    const held = this.#end - this.#start;
    if (held < HEADER) return undefined;
    const length = this.#checkHeader();
    if (this.#view.getUint16(this.#start + 6, true) > 0 || held < HEADER + length) return undefined;
    const kind = this.#view.getUint8(this.#start + 4);
    const from = this.#start + HEADER;
    this.#start = from + length;
    return { kind, body: this.#chunk.subarray(from, this.#start), attachments: NONE };
  }

  /**
   * Reads once, so that {@link FrameReader.tryRead} may find more; `false` at the end of the stream.
   *
   * @throws {EOFError} if the stream ends within a frame.
   */
  async fill(): Promise<boolean> {
    this.#makeRoom();
    const read = await this.#duplex.read(this.#chunk.subarray(this.#end));
    if (read === null) {
      if (this.#end > 0) throw truncated();
      return false;
    }
    this.#end += read;
    return true;
  }

  /** Whether the frame that has begun is too big for `tryRead`, and `read` must take it. */
  get isBig(): boolean {
    if (this.#end - this.#start < HEADER) return false;
    return this.#view.getUint16(this.#start + 6, true) > 0 ||
      this.#view.getUint32(this.#start, true) > CHUNK - HEADER;
  }

  /**
   * The next frame; `null` when the stream has ended between two frames.
   *
   * @throws {EOFError} if the stream ends within a frame.
   * @throws {RangeError} if the frame is longer than the limit; nothing of it is read then.
   */
  async read(): Promise<Frame | null> {
    const ready = this.tryRead();
    if (ready !== undefined) return ready;
    if (!await this.#hold(HEADER)) return null;
    const length = this.#checkHeader();
    const kind = this.#view.getUint8(this.#start + 4);
    const count = this.#view.getUint16(this.#start + 6, true);
    this.#start += HEADER;
    if (count === 0 && length <= CHUNK - HEADER) {
      await this.#mustHold(length);
      const body = this.#chunk.subarray(this.#start, this.#start + length);
      this.#start += length;
      return { kind, body, attachments: NONE };
    }
    const lengths = await this.#readLengths(count, length);
    const body = await this.#take(length);
    const attachments: Uint8Array<ArrayBuffer>[] = [];
    for (const each of lengths) attachments.push(await this.#take(each));
    return { kind, body, attachments };
  }

  #checkHeader(): number {
    const length = this.#view.getUint32(this.#start, true);
    this.#checkLimit(length);
    return length;
  }

  #checkLimit(total: number): void {
    if (total > this.#limit) {
      throw new RangeError(
        `Cannot take a message of ${total} bytes: the limit of this connection is ${this.#limit}`,
      );
    }
  }

  async #readLengths(count: number, bodyLength: number): Promise<number[]> {
    const lengths: number[] = [];
    let total = bodyLength;
    for (let i = 0; i < count; i++) {
      await this.#mustHold(4);
      const length = this.#view.getUint32(this.#start, true);
      this.#start += 4;
      this.#checkLimit(total += length);
      lengths.push(length);
    }
    return lengths;
  }

  /** Makes sure that so many bytes (a chunk at most) are held; `false` at the end of the stream. */
  async #hold(count: number): Promise<boolean> {
    if (this.#end - this.#start >= count) return true;
    this.#makeRoom();
    while (this.#end < count) {
      const read = await this.#duplex.read(this.#chunk.subarray(this.#end));
      if (read === null) {
        if (this.#end === 0) return false;
        throw truncated();
      }
      this.#end += read;
    }
    return true;
  }

  /** Moves what is held to the front; a frame that was handed out before is no longer valid. */
  #makeRoom(): void {
    if (this.#start === 0) return;
    if (this.#start < this.#end) this.#chunk.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  async #mustHold(count: number): Promise<void> {
    if (count > 0 && !await this.#hold(count)) throw truncated();
  }

  /**
   * Reads so many bytes into memory of their own. A length is only believed as far as bytes have come: there is never
   * more memory than {@link BELIEVED}, or {@link GROWTH} times what is here.
   */
  async #take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    let taken = new Uint8Array(Math.min(length, BELIEVED));
    let filled = Math.min(taken.length, this.#end - this.#start);
    taken.set(this.#chunk.subarray(this.#start, this.#start + filled));
    this.#start += filled;
    for (;;) {
      while (filled < taken.length) {
        const read = await this.#duplex.read(taken.subarray(filled));
        if (read === null) throw truncated();
        filled += read;
      }
      if (filled === length) return taken;
      const grown = new Uint8Array(Math.min(length, GROWTH * filled));
      grown.set(taken);
      taken = grown;
    }
  }
}
