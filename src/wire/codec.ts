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
import { TransferError } from "../core/errors.ts";
import { isThreadKind, isTraveller, knowsKind, type Source } from "../shared/handle.ts";
import { packageCollection, packageModule } from "./package_kinds.ts";
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

/**
 * Restores what the other side sent.
 *
 * @param source where it comes from: see {@link Source}.
 * @throws {TransferError} if it is no message of the codec's, or holds what cannot come from there.
 */
export function decode(parcel: Parcel, source: Source): unknown {
  if (!parcel.marked) return parcel.value;
  try {
    return new Unpacking(source).unpack(parcel.value);
  } catch (error) {
    if (error instanceof TransferError) throw error;
    throw new TransferError(
      `Cannot read what the other side sent: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}

/**
 * The modules that have to be imported before {@link decode} can restore this message; and unless `only` it
 * counts, before what comes by way of it can be: a thread that blocks can import nothing.
 *
 * Whatever a message says, only its kinds of this package lead to a module; a module that the message names
 * itself counts when it comes from another thread of this program or from the parent.
 */
export function missingModules(parcel: Parcel, source: Source, only = false): string[] {
  if (!parcel.marked) return [];
  const modules = new Set<string>();
  const add = (made: unknown, own: (kind: string) => string | undefined): void => {
    const module = moduleOf(made, source, own);
    if (module !== undefined) modules.add(module);
  };
  visitHandles(parcel.value, new Set(), (handle) => {
    add(handle, packageModule);
    if (!only && handle?.brings !== undefined) add(handle.brings, packageCollection);
  });
  return [...modules];
}

function moduleOf(
  named: unknown,
  source: Source,
  own: (kind: string) => string | undefined,
): string | undefined {
  const { kind, module } = (named ?? {}) as { kind?: unknown; module?: unknown };
  if (typeof kind !== "string" || knowsKind(kind)) return undefined;
  if (isThreadKind(kind) && source !== "thread") return undefined;
  const ours = own(kind);
  if (ours !== undefined) return ours;
  return source !== "peer" && typeof module === "string" ? module : undefined;
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
