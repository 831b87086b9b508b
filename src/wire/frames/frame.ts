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
import { EOFError } from "../../core/errors.ts";

/** A stream of bytes in both directions, as `Deno.Conn` is one. */
export interface Duplex {
  /** Reads some bytes into `into`; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of `from` and returns how many. */
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

/** The bytes of a header without attachments. */
export const HEADER = 8;
/** The most attachments of one frame: their count is sent in 16 bits. */
export const MAX_ATTACHMENTS = 0xffff;
/** The longest body or attachment: lengths are sent in 32 bits. */
export const MAX_LENGTH = 0xffff_ffff;

/** Bytes read at once; bigger bodies are read straight to where they belong. */
export const CHUNK = 64 * 1024;

/** No attachments. */
export const NONE: readonly Uint8Array<ArrayBuffer>[] = [];

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

/** Closes a stream that may be closed already. */
export function hangUp(duplex: Duplex): void {
  try {
    duplex.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** The error when a stream ends within a message. */
export function truncated(): EOFError {
  return new EOFError("The other side ended in the middle of a message");
}
