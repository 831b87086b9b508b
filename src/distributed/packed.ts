/**
 * Values as bytes for a broker, which knows nothing of what it carries.
 *
 *     0      1       3        3 + 4n
 *     ┌──────┬───────┬───────────────────────────┬──────┬─────────────┐
 *     │ kind │ n     │ n lengths of attachments  │ body │ attachments │      one value
 *     └──────┴───────┴───────────────────────────┴──────┴─────────────┘
 *     0        4
 *     ┌────────┬──────┬──────┐
 *     │ length │ head │ body │                                               a record: what it is as JSON, and a value
 *     └────────┴──────┴──────┘
 *
 * All numbers are little-endian and unsigned. What comes is data: lengths may lie, a head may be anything, and locks
 * and the like, which live in the memory or the family of one program, are neither sent nor read.
 */
import { TransferError } from "../core/errors.ts";
import { Body, fromFrame, jsonOf, type Packet, toPacket } from "../wire/codec/bytes.ts";
import { decode, discardEncoded, type EncodedValue, visitHandles } from "../wire/codec/codec.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A value that was packed: as JSON, which crosses to threads and processes best, where JSON can carry it; else as bytes. */
export type Packed = string | Bytes;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const PREFIX = 3;

/**
 * Packs a value that was encoded for another process.
 *
 * @throws {TransferError} if there is something in it that cannot leave the machine.
 */
export function pack(encoded: EncodedValue): Packed | Promise<Packed> {
  if (encoded.pending !== undefined || (encoded.marked && hasHandle(encoded.value))) {
    discardEncoded(encoded);
    throw new TransferError(
      "Cannot send a lock, a queue or the like to another machine: it lives in the processes of one program; send what it holds",
    );
  }
  const message = [encoded.value, encoded.marked];
  const text = jsonOf(message);
  if (text !== null) return text;
  const packet = toPacket(message);
  return packet instanceof Promise ? packet.then(joined) : joined(packet);
}

/**
 * The value that somebody sent.
 *
 * @throws {TransferError} if it is none, or one that cannot come from another machine.
 */
export async function unpack(packed: string | Uint8Array): Promise<unknown> {
  let message: unknown;
  try {
    const whole = typeof packed !== "string" && packed[0] === Body.JSON ? alone(packed) : packed;
    message = typeof whole === "string"
      ? JSON.parse(whole)
      : await fromFrame(whole[0] ?? 0, split(whole));
  } catch (error) {
    throw unreadable(error);
  }
  if (!Array.isArray(message) || message.length !== 2) throw unreadable("it is no value");
  const [value, marked] = message;
  if (marked !== true) return value;
  if (hasHandle(value)) throw unreadable("a lock, a queue or the like cannot come from there");
  return decode({ value, marked }, "peer");
}

/** What came as a part of a message, by itself: a view would take the whole memory that it looks at along. */
export function alone(bytes: Uint8Array): Packed {
  return bytes[0] === Body.JSON ? decoder.decode(bytes.subarray(PREFIX)) : bytes.slice();
}

/** The bytes of what was packed. */
export function bytesOf(packed: Packed): Bytes {
  if (typeof packed !== "string") return packed;
  const bytes = take(PREFIX + 3 * packed.length); // a character has three bytes at most
  return giveBack(bytes, writeText(packed, bytes));
}

/** A head and a body as one message. */
export function record(head: object, body: Packed | Uint8Array): Bytes {
  const text = JSON.stringify(head);
  const isText = typeof body === "string";
  const bytes = take(4 + 3 * text.length + (isText ? PREFIX + 3 * body.length : body.length));
  const { written } = encoder.encodeInto(text, bytes.subarray(4));
  viewOf(bytes).setUint32(0, written, true);
  const start = 4 + written;
  if (isText) return giveBack(bytes, start + writeText(body, bytes.subarray(start)));
  bytes.set(body, start);
  return giveBack(bytes, start + body.length);
}

/**
 * Takes such a message apart; the body is a view of it.
 *
 * @throws {TransferError} if it is none.
 */
export function readRecord(bytes: Uint8Array): { head: Record<string, unknown>; body: Uint8Array } {
  let head: unknown;
  let end = 4;
  try {
    end += viewOf(bytes).getUint32(0, true);
    head = JSON.parse(decoder.decode(bytes.subarray(4, end)));
  } catch (error) {
    throw unreadable(error);
  }
  if (typeof head !== "object" || head === null || Array.isArray(head) || end > bytes.length) {
    throw unreadable("it is no record");
  }
  return { head: head as Record<string, unknown>, body: bytes.subarray(end) };
}

function joined({ kind, body, attachments }: Packet): Bytes {
  const start = PREFIX + 4 * attachments.length;
  const size = attachments.reduce((sum, each) => sum + each.length, start + body.length);
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  view.setUint8(0, kind);
  view.setUint16(1, attachments.length, true);
  attachments.forEach((each, index) => view.setUint32(PREFIX + 4 * index, each.length, true));
  bytes.set(body, start);
  let at = start + body.length;
  for (const each of attachments) {
    bytes.set(each, at);
    at += each.length;
  }
  return bytes;
}

/** Writes JSON as a value, and returns how many bytes that took. */
function writeText(text: string, into: Bytes): number {
  into.fill(0, 0, PREFIX);
  into[0] = Body.JSON;
  return PREFIX + encoder.encodeInto(text, into.subarray(PREFIX)).written;
}

/** Small messages are written one behind the other: memory of its own for each costs more than the message. */
const SLAB = 64 * 1024;
let slab: Bytes = new Uint8Array(0);

/** Memory for a message of at most that size. */
function take(size: number): Bytes {
  if (size > SLAB / 8) return new Uint8Array(size);
  if (slab.length < size) slab = new Uint8Array(SLAB);
  return slab.subarray(0, size);
}

/** So much of what was taken was needed. */
function giveBack(taken: Bytes, size: number): Bytes {
  if (taken.buffer === slab.buffer) slab = slab.subarray(size);
  return taken.subarray(0, size);
}

function split(bytes: Uint8Array): { body: Uint8Array; attachments: Bytes[] } {
  const view = viewOf(bytes);
  const count = view.getUint16(1, true);
  const lengths = Array.from({ length: count }, (_, n) => view.getUint32(PREFIX + 4 * n, true));
  const start = PREFIX + 4 * count;
  let at = bytes.length - lengths.reduce((sum, each) => sum + each, 0);
  if (at < start) throw new RangeError("Cannot read a value: its lengths are more than came");
  const body = bytes.subarray(start, at);
  const attachments = lengths.map((length) => {
    const part = bytes.slice(at, at + length); // in a buffer of its own, which becomes a part of the value
    at += length;
    return part;
  });
  return { body, attachments };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hasHandle(value: unknown): boolean {
  let found = false;
  visitHandles(value, () => found = true);
  return found;
}

function unreadable(why: unknown): TransferError {
  return new TransferError(
    `Cannot read what came from the queue: ${why instanceof Error ? why.message : why}`,
    why instanceof Error ? { cause: why } : {},
  );
}
