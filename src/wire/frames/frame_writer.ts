import { CHUNK, type Duplex, HEADER, MAX_LENGTH, NONE, writeAll } from "./frame.ts";

const encoder = new TextEncoder();

/**
 * Puts frames onto a stream, in order; what is pushed while a write is under way goes out together.
 *
 * A body belongs to the writer from then on. Attachments of 64 KiB or more are written from where they are
 * and must not change until {@link FrameWriter.flushed}; smaller ones are copied.
 *
 * Small frames are put together in a buffer that is used again: memory for each would cost as much as the rest of a frame.
 */
export class FrameWriter {
  readonly #duplex: Duplex;
  readonly #onError: (error: unknown) => void;
  /** What is to be written before the page: full pages, and big parts. */
  #parts: Uint8Array[] = [];
  /** Where small parts are put together, and how many bytes of it are used. */
  #page: Uint8Array<ArrayBuffer> | null = null;
  #used = 0;
  /** A page that was written while another was filled, for the time when that one is. */
  #spare: Uint8Array<ArrayBuffer> | null = null;
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
    checkLength(body.length);
    this.#putHeader(kind, body.length, attachments.length);
    for (const each of attachments) this.#putLength(each.length);
    this.#put(body);
    for (const each of attachments) {
      const isLent = each.length >= CHUNK;
      this.#put(each);
      if (isLent) this.#isLent = true;
    }
    this.#flushing ??= this.#flush();
  }

  /** Puts a frame in line whose body is a text, in UTF-8. */
  pushText(kind: number, text: string): void {
    const most = HEADER + MOST_BYTES * text.length;
    if (most > CHUNK) return this.push(kind, encoder.encode(text));
    if (this.#broken) return;
    const page = this.#pageFor(most);
    const at = this.#used + HEADER;
    const { written } = encoder.encodeInto(text, page.subarray(at));
    this.#putHeader(kind, written, 0);
    this.#used = at + written;
    this.#flushing ??= this.#flush();
  }

  /** Resolves when everything pushed so far is written, or the stream is broken. */
  flushed(): Promise<void> {
    return this.#flushing ?? FLUSHED;
  }

  /** Whether something that was pushed is not written yet. */
  get isWriting(): boolean {
    return this.#flushing !== null;
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
      while (this.#parts.length > 0 || this.#used > 0) {
        if (this.#parts.length > 0) {
          const parts = this.#parts;
          this.#parts = [];
          for (const part of parts) await writeAll(this.#duplex, part);
          continue;
        }
        const page = this.#page as Uint8Array<ArrayBuffer>;
        const used = this.#used;
        this.#page = this.#spare; // for what comes meanwhile
        this.#spare = null;
        this.#used = 0;
        let written = await this.#duplex.write(page.subarray(0, used));
        while (written < used) written += await this.#duplex.write(page.subarray(written, used));
        if (this.#page === null) this.#page = page;
        else this.#spare = page;
      }
    } catch (error) {
      this.#broken = true;
      this.#parts = [];
      this.#page = null;
      this.#used = 0;
      this.#onError(error);
    } finally {
      this.#isLent = false;
      this.#flushing = null;
    }
  }

  #putHeader(kind: number, length: number, attachments: number): void {
    const page = this.#pageFor(HEADER);
    const at = this.#used;
    putUint32(page, at, length);
    page[at + 4] = kind;
    page[at + 5] = 0;
    page[at + 6] = attachments;
    page[at + 7] = attachments >>> 8;
    this.#used = at + HEADER;
  }

  #putLength(length: number): void {
    const page = this.#pageFor(4);
    putUint32(page, this.#used, length);
    this.#used += 4;
  }

  /** Puts bytes in line: in the page if they are small, else from where they are. */
  #put(bytes: Uint8Array): void {
    if (bytes.length < CHUNK) {
      this.#pageFor(bytes.length).set(bytes, this.#used);
      this.#used += bytes.length;
    } else {
      this.#turnPage();
      this.#parts.push(bytes);
    }
  }

  /** The page, with room for so many bytes, a chunk at most. */
  #pageFor(count: number): Uint8Array<ArrayBuffer> {
    if (this.#used + count > CHUNK) this.#turnPage();
    return this.#page ??= new Uint8Array(CHUNK);
  }

  /** Puts what is in the page in line. */
  #turnPage(): void {
    if (this.#used === 0) return;
    this.#parts.push(this.#page!.subarray(0, this.#used));
    this.#page = null;
    this.#used = 0;
  }
}

const FLUSHED = Promise.resolve();

/** The most bytes that UTF-8 takes for a unit of a string. */
const MOST_BYTES = 3;

function checkLength(length: number): void {
  if (length <= MAX_LENGTH) return;
  throw new RangeError(`Cannot send a message of ${length} bytes: its length has 32 bits`);
}

function putUint32(page: Uint8Array, at: number, value: number): void {
  page[at] = value;
  page[at + 1] = value >>> 8;
  page[at + 2] = value >>> 16;
  page[at + 3] = value >>> 24;
}
