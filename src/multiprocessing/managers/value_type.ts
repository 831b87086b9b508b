import { show } from "../../core/check.ts";

/** What a shared number is: 32-bit or 64-bit integers that wrap, or a float. */
export type ValueType = "i32" | "i64" | "f64";

/** A number of a value: a `bigint` in an `"i64"`. */
export type ValueNumber<T extends ValueType> = T extends "i64" ? bigint : number;

/** How a value stands. */
export interface ValueStatistics {
  /** What it is. */
  readonly type: ValueType;
  /** The number. */
  readonly value: number | bigint;
}

/** The number as the type holds it: integers wrap. */
export function fit(value: number | bigint, type: ValueType): number | bigint {
  if (type === "i64") {
    if (typeof value === "number" && Number.isInteger(value)) value = BigInt(value);
    if (typeof value !== "bigint") {
      throw new TypeError(`Cannot keep ${show(value)} in an i64: give a bigint`);
    }
    return BigInt.asIntN(64, value);
  }
  if (typeof value !== "number") {
    throw new TypeError(`Cannot keep ${show(value)} in an ${type}: give a number`);
  }
  return type === "i32" ? value | 0 : value;
}
