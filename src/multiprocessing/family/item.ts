/** What becomes of a value that goes through a ring, and back. */
import { TransferError } from "../../core/errors.ts";
import { ItemReader } from "../../queue/item_reader.ts";
import { ItemWriter } from "../../queue/item_writer.ts";
import { capture, decode, type EncodedValue, missingModules } from "../../wire/codec/codec.ts";
import { isStackOverflow } from "../../wire/codec/value_kinds.ts";

/** How an item is kept. */
export const Form = {
  int: 1,
  float: 2,
  /** `undefined`, `null`, `false` or `true`. */
  constant: 3,
  /** As `queue/item_writer.ts` writes it. */
  bytes: 4,
  /** The same, with errors and the like in it that the codec has replaced. */
  packed: 5,
  /** Bytes as they are. */
  raw: 6,
  /** What travels from process to process, by its number. */
  posted: 7,
} as const;

/** An item as it is kept: a number, or bytes. */
export interface Item {
  readonly form: number;
  /** The number of an `int`, a `float`, a `constant` or `posted`. */
  readonly number: number;
  /** The bytes of the others: the first `length` of these. They may be used again for the next item; see {@link lasting}. */
  readonly bytes: Uint8Array | null;
  readonly length: number;
}

/** Values that are kept as their number in this list. */
const CONSTANTS: readonly unknown[] = [undefined, null, false, true];

/** The most bytes of an item; what is larger goes as what travels does. */
const LARGEST: number = 2 ** 26;

let idle: ItemWriter | null = new ItemWriter();
const reader = new ItemReader();

/**
 * The item for `value`; `null` if something in it travels (a lock, a connection), or it is larger than 64 MiB: that goes from
 * process to process by the nodes of the family, in the order of what is said of it. It is good until the next item is written; see {@link lasting}.
 *
 * @throws {TransferError} naming the path of what cannot cross.
 */
export function itemOf(value: unknown): Item | null {
  if (typeof value === "number") {
    const isInt = (value | 0) === value && (value !== 0 || 1 / value > 0);
    return { form: isInt ? Form.int : Form.float, number: value, bytes: null, length: 0 };
  }
  if (typeof value !== "object" && typeof value !== "string" || value === null) {
    const number = CONSTANTS.indexOf(value);
    if (number >= 0) return { form: Form.constant, number, bytes: null, length: 0 };
  }
  const writer = idle ?? new ItemWriter(); // a getter in the value may itself put something
  idle = null;
  try {
    return writtenBy(writer, value);
  } finally {
    idle = writer;
  }
}

/** The same item, good for longer than until the next one is written. */
export function lasting(item: Item): Item {
  return item.bytes === null ? item : { ...item, bytes: item.bytes.slice(0, item.length) };
}

/** Bytes as they are; `null` for too many, as by {@link itemOf}. */
export function rawItem(bytes: Uint8Array): Item | null {
  return bytes.length > LARGEST ? null : { form: Form.raw, number: 0, bytes, length: bytes.length };
}

/** The item that stands for what was posted under a number. */
export function postedItem(number: number): Item {
  return { form: Form.posted, number, bytes: null, length: 0 };
}

/** The modules that {@link valueOf} needs and that are not here. */
export function modulesOf(item: Item): readonly string[] {
  return item.form === Form.packed ? missingModules(encodedIn(item), "parent") : [];
}

/**
 * The value in an item. The processes of a family that has memory in common have FFI, so what one of them says counts.
 *
 * @throws {TransferError} if it cannot be read.
 */
export function valueOf(item: Item): unknown {
  const { form, number, bytes } = item;
  switch (form) {
    case Form.int:
    case Form.float:
      return number;
    case Form.constant:
      return CONSTANTS[number];
    case Form.bytes:
      return readFrom(bytes!);
    case Form.packed:
      return decode(encodedIn(item), "parent");
    default:
      return bytes;
  }
}

function writtenBy(writer: ItemWriter, value: unknown): Item | null {
  try {
    writer.write(value, false);
    return written(writer, Form.bytes);
  } catch (reason) {
    if (reason instanceof TransferError) throw reason; // else the codec knows what is wrong, and where
  }
  const packed = capture(value, "process"); // refuses what can never cross
  if (packed.pending !== undefined) return null;
  try {
    writer.write(packed.value, true);
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    throw new TransferError(
      "Cannot send this item: it is nested too deep for the stack that is left here; flatten it",
      { cause: error },
    );
  }
  return written(writer, packed.marked ? Form.packed : Form.bytes);
}

function written({ bytes, length }: ItemWriter, form: number): Item | null {
  return length > LARGEST ? null : { form, number: 0, bytes, length };
}

/**
 * What stands in a packed item.
 *
 * @throws {TransferError} if it cannot be read.
 */
export function encodedIn({ bytes }: Item): EncodedValue {
  return { value: readFrom(bytes!), marked: true };
}

function readFrom(bytes: Uint8Array): unknown {
  try {
    return reader.read(bytes);
  } catch (error) {
    throw new TransferError("Cannot read an item: its bytes are none", { cause: error });
  }
}
