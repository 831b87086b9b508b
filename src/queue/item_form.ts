/**
 * The form in which an item is kept: a number or constant in a word or two, everything else as bytes.
 */
import { TransferError } from "../core/errors.ts";
import { decode, type EncodedValue, encodeItem, missingModules } from "../wire/codec/codec.ts";
import { isStackOverflow } from "../wire/codec/value_kinds.ts";
import { ItemReader } from "./item_reader.ts";
import { ItemWriter } from "./item_writer.ts";

/** What kind of form it is. 0 is not one, so that fresh memory is not taken for an item. */
export const Form = { int: 1, float: 2, constant: 3, bytes: 4, packed: 5, skip: 6 } as const;

/** Values that are kept as their number in this list. */
export const CONSTANTS: readonly unknown[] = [undefined, null, false, true];

/** Whether `value` is kept as a word: an integer of 32 bits, and not -0. */
export function isInt(value: unknown): value is number {
  return typeof value === "number" && (value | 0) === value && (value !== 0 || 1 / value > 0);
}

/** An item as bytes. */
export interface Written {
  /** `Form.bytes`, or `Form.packed` when the codec has been at work. */
  readonly form: number;
  /** The bytes are its first `length`; they are good until the next item is written. */
  readonly bytes: Uint8Array;
  readonly length: number;
}

let idle: ItemWriter | null = new ItemWriter();
const reader = new ItemReader();

/**
 * Writes `value`.
 *
 * @throws {TransferError} if it cannot cross to another thread.
 */
export function writeItem(value: unknown): Written {
  const writer = idle ?? new ItemWriter(); // a getter of the item may itself put something
  idle = null;
  try {
    try {
      writer.write(value, false);
      return { form: Form.bytes, bytes: writer.bytes, length: writer.length };
    } catch (reason) {
      if (reason instanceof TransferError) throw reason; // else the codec knows what is wrong, and where
    }
    const packed = encodeItem(value).value; // refuses what can never cross
    try {
      writer.write(packed, true);
    } catch (error) {
      if (!isStackOverflow(error)) throw error;
      throw new TransferError(
        "Cannot put this item: it is nested too deep for the stack that is left here; flatten it",
        { cause: error },
      );
    }
    return { form: Form.packed, bytes: writer.bytes, length: writer.length };
  } finally {
    idle = writer;
  }
}

/** The same, good for longer than until the next item is written. */
export function lasting(written: Written): Written {
  return { ...written, bytes: written.bytes.slice(0, written.length) };
}

/** An item that was read, or what has to be imported before it can be. */
export class Unread {
  readonly #encoded: EncodedValue;
  /** The modules that know what is in it. */
  readonly modules: readonly string[];

  constructor(encoded: EncodedValue, modules: readonly string[]) {
    this.#encoded = encoded;
    this.modules = modules;
  }

  /** The item; throws if its modules have not been imported. */
  read(): unknown {
    return decode(this.#encoded, "thread");
  }
}

/** Reads an item; an {@link Unread} when there is something in it whose module is not loaded here. */
export function readItem(form: number, bytes: Uint8Array): unknown {
  const value = reader.read(bytes);
  if (form === Form.bytes) return value;
  const encoded = { value, marked: true };
  const modules = missingModules(encoded, "thread", true);
  return modules.length === 0 ? decode(encoded, "thread") : new Unread(encoded, modules);
}

/** Reads an item that stays where it is: the handles in it are under way as before. */
export function lookAtItem(form: number, bytes: Uint8Array): unknown {
  const value = readItem(form, bytes);
  if (form === Form.packed && !(value instanceof Unread)) encodeItem(value);
  return value;
}

/** Takes the handles out of the air that are in an item which nobody will get. */
export function discardItem(form: number, bytes: Uint8Array): void {
  if (form === Form.packed) readItem(form, bytes);
}
