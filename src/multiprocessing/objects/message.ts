import { TransferError } from "../../core/errors.ts";
import type { Source } from "../../shared/memory/handle.ts";
import { decode, encode, missingModules } from "../../wire/codec/codec.ts";

/** A message of a connection on its way: encoded where it was sent, decoded where it is received. */
export interface Letter {
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
export function seal(message: unknown): Letter {
  const { value, marked } = encode(message, "process", []);
  return { isBytes: false, value, marked, source: "parent" };
}

/**
 * The letter in a post that came from `source`.
 *
 * @throws {TransferError} if it is none.
 */
export function letterOf(content: unknown, source: Source): Letter {
  if (Array.isArray(content)) {
    const [isBytes, value, marked] = content;
    if (isBytes === true ? value instanceof Uint8Array : isBytes === false) {
      if (typeof marked === "boolean") return { isBytes, value, marked, source };
    }
  }
  throw new TransferError("Cannot read what the other side of a connection sent: it is no message");
}

/** A letter of bytes. */
export function sealBytes(bytes: Uint8Array): Letter {
  return { isBytes: true, value: bytes, marked: false, source: "parent" };
}

/** The same letter, but nobody who sent it can change it any more. */
export function detach(letter: Letter): Letter {
  const { value } = letter;
  return typeof value === "object" && value !== null
    ? { ...letter, value: structuredClone(value) }
    : letter;
}

/** The message in a letter that is marked. */
export async function open(letter: Letter): Promise<unknown> {
  const parcel = { value: letter.value, marked: letter.marked };
  await Promise.all(missingModules(parcel, letter.source).map((each) => import(each)));
  return decode(parcel, letter.source);
}
