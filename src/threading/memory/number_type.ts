/** The types of numbers that threads can share, and how each is read and changed as one. */
import { show } from "../../core/check.ts";
import { element, type WholeArray } from "../../shared/memory/words.ts";

/** Integers by their bits, signed or not; 64-bit ones are bigints; floats. */
export type NumberType = "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "f64";

/** A number of a type: a `bigint` in an `"i64"`. */
export type NumberOf<T extends NumberType> = T extends "i64" ? bigint : number;

/** A view on shared numbers of a type. */
export type ViewOf<T extends NumberType> = T extends "i64" ? BigInt64Array<SharedArrayBuffer>
  : T extends "f64" ? Float64Array<SharedArrayBuffer>
  : T extends "i8" ? Int8Array<SharedArrayBuffer>
  : T extends "u8" ? Uint8Array<SharedArrayBuffer>
  : T extends "i16" ? Int16Array<SharedArrayBuffer>
  : T extends "u16" ? Uint16Array<SharedArrayBuffer>
  : T extends "u32" ? Uint32Array<SharedArrayBuffer>
  : Int32Array<SharedArrayBuffer>;

type AnyView = WholeArray | Float64Array;

const VIEWS = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  f64: Float64Array,
} as const;

/** The types, in the order of the numbers by which blocks name them. */
export const NUMBER_TYPES = Object.keys(VIEWS) as NumberType[];

/** Refuses what is not the name of a type. */
export function checkType(type: NumberType): void {
  if (NUMBER_TYPES.includes(type)) return;
  throw new RangeError(
    `Cannot share numbers of type ${show(type)}: there are ${NUMBER_TYPES.join(", ")}`,
  );
}

/** How many bytes a number takes. */
export function bytesOf(type: NumberType): number {
  return VIEWS[type].BYTES_PER_ELEMENT;
}

/** A view on numbers in shared memory. */
function viewOn(
  type: NumberType,
  buffer: SharedArrayBuffer,
  byteOffset: number,
  length: number,
): AnyView {
  return new VIEWS[type](buffer as unknown as ArrayBuffer, byteOffset, length) as AnyView;
}

/** The number as its type takes it; integers wrap. */
export function fit(value: number | bigint, type: NumberType): number | bigint {
  if (type === "i64") {
    if (typeof value === "bigint") return value;
    if (Number.isSafeInteger(value)) return BigInt(value);
  } else if (typeof value === "number" && (type === "f64" || Number.isInteger(value))) {
    return value;
  }
  const way = type === "f64" ? "a number" : type === "i64" ? "a bigint" : "a whole number";
  throw new TypeError(`Cannot keep ${show(value)} in ${type}: give ${way}`);
}

/** Numbers that threads change as one, whatever their type. A float is exchanged by its 64 bits. */
export class Numbers {
  readonly view: AnyView;
  readonly #whole: WholeArray;
  readonly #floats: boolean;

  constructor(type: NumberType, buffer: SharedArrayBuffer, byteOffset: number, length: number) {
    this.#floats = type === "f64";
    this.view = viewOn(type, buffer, byteOffset, length);
    this.#whole = this.#floats
      ? new BigInt64Array(buffer, byteOffset, length)
      : this.view as WholeArray;
  }

  get(i: number): number | bigint {
    const value = element.load(this.#whole, i);
    return this.#floats ? toFloat(value as bigint) : value;
  }

  set(i: number, value: number | bigint): void {
    element.store(this.#whole, i, this.#floats ? toBits(value as number) : value);
  }

  add(i: number, n: number | bigint): number | bigint {
    if (!this.#floats) return element.add(this.#whole, i, n);
    while (true) {
      const before = element.load(this.#whole, i) as bigint;
      const after = toBits(toFloat(before) + (n as number));
      if (element.compareExchange(this.#whole, i, before, after) === before) return toFloat(before);
    }
  }

  /** Zeros are equal, and NaN is no number's equal, as `===` has it. */
  compareExchange(i: number, expected: number | bigint, value: number | bigint): number | bigint {
    if (!this.#floats) return element.compareExchange(this.#whole, i, expected, value);
    while (true) {
      const before = element.load(this.#whole, i) as bigint;
      const number = toFloat(before);
      if (number !== expected) return number;
      if (element.compareExchange(this.#whole, i, before, toBits(value as number)) === before) {
        return number;
      }
    }
  }
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

function toFloat(value: bigint): number {
  bits[0] = value;
  return float[0]!;
}

function toBits(value: number): bigint {
  float[0] = value;
  return bits[0]!;
}
