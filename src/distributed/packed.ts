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
import { fromFrame, type Packet, toPacket } from "../wire/codec/bytes.ts";
import { decode, discardEncoded, type EncodedValue, visitHandles } from "../wire/codec/codec.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const PREFIX = 3;

/**
 * The bytes of a value that was encoded for another process.
 *
 * @throws {TransferError} if there is something in it that cannot leave the machine.
 */
export function pack(encoded: EncodedValue): Bytes | Promise<Bytes> {
  if (encoded.pending !== undefined || (encoded.marked && hasHandle(encoded.value))) {
    discardEncoded(encoded);
    throw new TransferError(
      "Cannot send a lock, a queue or the like to another machine: it lives in the processes of one program; send what it holds",
    );
  }
  const packet = toPacket([encoded.value, encoded.marked]);
  return packet instanceof Promise ? packet.then(joined) : joined(packet);
}

/**
 * The value in bytes that somebody sent.
 *
 * @throws {TransferError} if they are no value, or one that cannot come from another machine.
 */
export async function unpack(bytes: Uint8Array): Promise<unknown> {
  let message: unknown;
  try {
    message = await fromFrame(bytes[0] ?? 0, split(bytes));
  } catch (error) {
    throw unreadable(error);
  }
  if (!Array.isArray(message) || message.length !== 2) throw unreadable("it is no value");
  const [value, marked] = message;
  if (marked !== true) return value;
  if (hasHandle(value)) throw unreadable("a lock, a queue or the like cannot come from there");
  return decode({ value, marked }, "peer");
}

/** A head and a body as one message. */
export function record(head: object, body: Uint8Array): Bytes {
  const text = encoder.encode(JSON.stringify(head));
  const bytes = new Uint8Array(4 + text.length + body.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(body, 4 + text.length);
  return bytes;
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
