/**
 * Messages on a stream of bytes: each is a frame with its length in front.
 *
 *     0        4      5        6             8                    8 + 4n
 *     ┌────────┬──────┬────────┬─────────────┬────────────────────┬──────┬─────────────┐
 *     │ length │ kind │ unused │ n           │ n lengths          │ body │ attachments │
 *     └────────┴──────┴────────┴─────────────┴────────────────────┴──────┴─────────────┘
 *
 * All numbers are little-endian and unsigned. The body is what a decoder reads; an attachment is the
 * content of a big buffer, read straight into memory of its own, so that it is never copied again.
 */
import { EOFError } from "../core/mod.ts";

/** A stream of bytes in both directions, as `Deno.Conn` is one. */
export interface Duplex {
  /** Reads some bytes into `into`; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of `from` and answers how many. */
  write(from: Uint8Array): Promise<number>;
  /** Closes both directions; a pending read ends. */
  close(): void;
}

/** One message. */
export interface Frame {
  /** What the body is; a byte. */
  readonly kind: number;
  /** Valid until the next frame is asked for. */
  readonly body: Uint8Array;
  /** Big buffers that belong to the message. */
  readonly attachments: readonly Uint8Array<ArrayBuffer>[];
}

const HEADER = 8;
/** The most attachments of one frame: their count is sent in 16 bits. */
export const MAX_ATTACHMENTS = 0xffff;
/** The longest body or attachment: lengths are sent in 32 bits. */
export const MAX_LENGTH = 0xffff_ffff;

/** Bytes read at once; bigger bodies are read straight to where they belong. */
const CHUNK = 64 * 1024;

const NONE: readonly Uint8Array<ArrayBuffer>[] = [];

/** Takes frames from a stream. */
export class FrameReader {
  readonly #duplex: Duplex;
  readonly #limit: number;
  #chunk = new Uint8Array(CHUNK);
  #view = new DataView(this.#chunk.buffer);
  #start = 0;
  #end = 0;

  /** `limit` bounds a frame's body and attachments together, in bytes. */
  constructor(duplex: Duplex, limit: number) {
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

  /** Reads so many bytes into memory of their own. */
  async #take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const taken = new Uint8Array(length);
    const held = Math.min(length, this.#end - this.#start);
    taken.set(this.#chunk.subarray(this.#start, this.#start + held));
    this.#start += held;
    let filled = held;
    while (filled < length) {
      const read = await this.#duplex.read(taken.subarray(filled));
      if (read === null) throw truncated();
      filled += read;
    }
    return taken;
  }
}

/**
 * Puts frames onto a stream, in order; what is pushed while a write is under way goes out together.
 *
 * A body belongs to the writer from then on. Attachments of 64 KiB or more are written from where they are
 * and must not change until {@link FrameWriter.flushed}; smaller ones are copied.
 */
export class FrameWriter {
  readonly #duplex: Duplex;
  readonly #onError: (error: unknown) => void;
  /** What is to be written, big parts among small ones. */
  #parts: Uint8Array[] = [];
  #flushing: Promise<void> | null = null;
  #broken = false;
  #isLent = false;

  /** `onError` is told once when the stream takes no more. */
  constructor(duplex: Duplex, onError: (error: unknown) => void) {
    this.#duplex = duplex;
    this.#onError = onError;
  }

  /** Puts a frame in line; never waits. */
  push(kind: number, body: Uint8Array, attachments: readonly Uint8Array[] = NONE): void {
    if (this.#broken) return;
    if (body.length > MAX_LENGTH) {
      throw new RangeError(`Cannot send a message of ${body.length} bytes: its length has 32 bits`);
    }
    this.#parts.push(headerOf(kind, body, attachments), body);
    for (const each of attachments) {
      const isLent = each.length >= CHUNK;
      this.#parts.push(isLent ? each : each.slice());
      if (isLent) this.#isLent = true;
    }
    this.#flushing ??= this.#flush();
  }

  /** Resolves when everything pushed so far is written, or the stream is broken. */
  async flushed(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
  }

  /** Whether something is being written from where it is, and must not change until it is flushed. */
  get isLent(): boolean {
    return this.#isLent;
  }

  /** Whether the stream has refused a write. */
  get broken(): boolean {
    return this.#broken;
  }

  async #flush(): Promise<void> {
    try {
      while (this.#parts.length > 0) {
        const parts = this.#parts;
        this.#parts = [];
        for (const part of joinSmall(parts)) await writeAll(this.#duplex, part);
      }
    } catch (error) {
      this.#broken = true;
      this.#parts = [];
      this.#onError(error);
    } finally {
      this.#isLent = false;
      this.#flushing = null;
    }
  }
}

function headerOf(
  kind: number,
  body: Uint8Array,
  attachments: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER + 4 * attachments.length);
  const view = new DataView(header.buffer);
  view.setUint32(0, body.length, true);
  view.setUint8(4, kind);
  view.setUint16(6, attachments.length, true);
  for (let i = 0; i < attachments.length; i++) {
    view.setUint32(HEADER + 4 * i, (attachments[i] as Uint8Array).length, true);
  }
  return header;
}

/** Joins neighbours that are small, so that many frames take one write. */
function* joinSmall(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  let first = 0;
  while (first < parts.length) {
    let total = (parts[first] as Uint8Array).length;
    let next = first + 1;
    while (next < parts.length && total + (parts[next] as Uint8Array).length <= CHUNK) {
      total += (parts[next] as Uint8Array).length;
      next++;
    }
    if (next === first + 1) {
      yield parts[first] as Uint8Array;
    } else {
      const joined = new Uint8Array(total);
      let at = 0;
      for (const part of parts.slice(first, next)) {
        joined.set(part, at);
        at += part.length;
      }
      yield joined;
    }
    first = next;
  }
}

/** Writes all of `bytes`. */
export async function writeAll(duplex: Duplex, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await duplex.write(written === 0 ? bytes : bytes.subarray(written));
  }
}

/** Reads exactly `length` bytes. */
export async function readExactly(
  duplex: Duplex,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = await duplex.read(bytes.subarray(filled));
    if (read === null) throw truncated();
    filled += read;
  }
  return bytes;
}

function truncated(): EOFError {
  return new EOFError("the other side ended in the middle of a message");
}
