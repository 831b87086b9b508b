/**
 * What may cross, and as what: value ⇄ message.
 *
 * Nearly all values cross as structured clone takes them, so the codec first only looks
 * ({@link inspect}); it copies a value just when there is something in it to replace:
 *
 * | in the value                        | in the message                   |
 * |-------------------------------------|----------------------------------|
 * | an object with `[travels]` (a Lock) | `{ MARK: "handle", … }`          |
 * | an error                            | `{ MARK: "fault", … }`           |
 * | an object that has the key MARK     | `{ MARK: "plain", value }`       |
 * | a function, a symbol, a WeakMap …   | `TransferError` naming its path  |
 *
 * A message says whether anything was replaced, so plain ones cost the far side nothing.
 */
import { isTraveller, knowsKind } from "../shared/handle.ts";
import { Packing, refuse } from "./packing.ts";
import { takeTransfers } from "./transfer.ts";
import type { Reach } from "./transport.ts";
import { Unpacking, visitHandles } from "./unpacking.ts";
import { isLeaf, isShared, isUncloneable, MARK } from "./value_kinds.ts";

/** A value on its way. */
export interface Parcel {
  /** What structured clone can take. */
  readonly value: unknown;
  /** Whether something in it was replaced and has to be restored by {@link decode}. */
  readonly marked: boolean;
}

/** Beyond so many objects, those seen are remembered: the value may be cyclic or share its parts. */
const CARELESS = 2_000;

/** Readies `value` for a journey of this reach; what was marked with `transfer()` is added to `moves`. */
export function encode(value: unknown, reach: Reach, moves: Transferable[]): Parcel {
  if (typeof value !== "object" || value === null) {
    if (typeof value === "function" || typeof value === "symbol") refuse(value, "");
    return { value, marked: false };
  }
  const finding = new Inspection(reach, moves).of(value);
  if (finding === "plain") return { value, marked: false };
  return { value: new Packing(reach).pack(value, ""), marked: true };
}

/** Restores what the other side sent. */
export function decode(parcel: Parcel): unknown {
  return parcel.marked ? new Unpacking().unpack(parcel.value) : parcel.value;
}

/**
 * The modules that have to be imported before {@link decode} can restore this message; and unless `only` it
 * counts, before what comes by way of it can be: a thread that blocks can import nothing.
 */
export function missingModules(parcel: Parcel, only = false): string[] {
  if (!parcel.marked) return [];
  const modules = new Set<string>();
  visitHandles(parcel.value, new Set(), (handle) => {
    if (!knowsKind(handle.kind)) modules.add(handle.module);
    const { brings } = handle;
    if (!only && brings !== undefined && !knowsKind(brings.kind)) modules.add(brings.module);
  });
  return [...modules];
}

/** Looks through a value without copying anything. */
class Inspection {
  readonly #reach: Reach;
  readonly #moves: Transferable[];
  #seen: Set<object> | null = null;
  #count = 0;
  #special = false;

  constructor(reach: Reach, moves: Transferable[]) {
    this.#reach = reach;
    this.#moves = moves;
  }

  of(value: object): "plain" | "special" {
    this.#look(value);
    return this.#special ? "special" : "plain";
  }

  #look(value: unknown): void {
    if (typeof value !== "object") {
      if (typeof value === "function" || typeof value === "symbol") this.#special = true;
      return;
    }
    if (value === null) return;
    if (++this.#count > CARELESS) {
      this.#seen ??= new Set();
      if (this.#seen.has(value)) return;
      this.#seen.add(value);
    }
    takeTransfers(value, this.#moves);
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) this.#look(value[i]);
    } else if (isLeaf(value)) {
      if (this.#reach === "process" && isShared(value)) this.#special = true;
    } else if (value instanceof Map) {
      for (const [key, item] of value) {
        this.#look(key);
        this.#look(item);
      }
    } else if (value instanceof Set) {
      for (const item of value) this.#look(item);
    } else if (isTraveller(value) || value instanceof Error || isUncloneable(value)) {
      this.#special = true;
    } else {
      for (const key in value) {
        if (key === MARK) this.#special = true;
        else this.#look((value as Record<string, unknown>)[key]);
      }
    }
  }
}
