import { TransferError } from "../../core/errors.ts";
import type { Source } from "../../shared/memory/handle.ts";
import { isPlain } from "../../wire/codec/bytes.ts";
import { decode, encode, missingModules } from "../../wire/codec/codec.ts";

/** A message of a connection on its way: encoded where it was sent, decoded where it is received. */
export interface EncodedMessage {
  /** Whether it is bytes, as they are. */
  readonly isBytes: boolean;
  /** What it says. */
  readonly value: unknown;
  /** Whether the value has to be decoded. */
  readonly marked: boolean;
  /** Who wrote it, as seen from here. */
  readonly source: Source;
}

/** Readies a message for its way; refuses what cannot cross. */
export function seal(message: unknown): EncodedMessage {
  const { value, marked } = encode(message, "process", []);
  return { isBytes: false, value, marked, source: "parent" };
}

/**
 * The message in a post that came from `source`.
 *
 * @throws {TransferError} if it is none.
 */
export function readMessage(content: unknown, source: Source): EncodedMessage {
  if (Array.isArray(content)) {
    const [isBytes, value, marked] = content;
    if (isBytes === true ? value instanceof Uint8Array : isBytes === false) {
      if (typeof marked === "boolean") return { isBytes, value, marked, source };
    }
  }
  throw new TransferError("Cannot read what the other side of a connection sent: it is no message");
}

/** A message of bytes. */
export function sealBytes(bytes: Uint8Array): EncodedMessage {
  return { isBytes: true, value: bytes, marked: false, source: "parent" };
}

/** The same message, but nobody who sent it can change it any more: a sealed one has its buffers where they were. */
export function detach(encoded: EncodedMessage): EncodedMessage {
  const { value } = encoded;
  return isPlain(value) ? encoded : { ...encoded, value: structuredClone(value) };
}

/** The message in one that is marked. */
export async function open(encoded: EncodedMessage): Promise<unknown> {
  const parts = { value: encoded.value, marked: encoded.marked };
  await Promise.all(missingModules(parts, encoded.source).map((each) => import(each)));
  return decode(parts, encoded.source);
}
