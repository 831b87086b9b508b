import { decode, encode, takeBack } from "../../wire/codec/codec.ts";
import { weightOf } from "./weight.ts";

/** A copy of `value` as another process would get it: what is shared stays itself, all else is detached. */
export function detached<T>(value: T): T {
  if (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol") {
    return value;
  }
  if (value === null) return value;
  const encoded = encode(value, "process", []);
  // Of plain data that is a copy already.
  if (!encoded.marked && weightOf(encoded.value) < Infinity) return encoded.value as T;
  let copy: unknown;
  try {
    copy = structuredClone(encoded.value);
  } catch (error) {
    takeBack(encoded.value);
    throw error;
  }
  // It comes from this process itself, whose word counts, but for what cannot leave it.
  return decode({ value: copy, marked: encoded.marked }, "parent") as T;
}
