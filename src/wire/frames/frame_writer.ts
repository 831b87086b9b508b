import { CHUNK, type Duplex, HEADER, MAX_LENGTH, NONE, writeAll } from "./frame.ts";

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
