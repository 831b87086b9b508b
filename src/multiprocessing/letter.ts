import { decode, encode, missingModules } from "../wire/mod.ts";

/** A message of a connection on its way: encoded where it was sent, decoded where it is received. */
export interface Letter {
  /** Whether it is bytes, as they are. */
  readonly isBytes: boolean;
  /** What it says. */
  readonly value: unknown;
  /** Whether the value has to be decoded. */
  readonly marked: boolean;
}

/** Readies a message for its way; refuses what cannot cross. */
export function seal(message: unknown): Letter {
  const { value, marked } = encode(message, "process", []);
  return { isBytes: false, value, marked };
}

/** The letter in a post. */
export function letterOf([isBytes, value, marked]: readonly unknown[]): Letter {
  return { isBytes: isBytes as boolean, value, marked: marked as boolean };
}

/** A letter of bytes. */
export function sealBytes(bytes: Uint8Array): Letter {
  return { isBytes: true, value: bytes, marked: false };
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
  await Promise.all(missingModules(parcel).map((each) => import(each)));
  return decode(parcel);
}
