/**
 * What crosses where, as a table; and the kind of a value by it.
 *
 * An object of a class of the platform that is not in the table would arrive empty (`Response`, `URL`,
 * `AbortSignal` …), or is refused by the platform anyway: the codec refuses it with its path. An object of
 * any other class crosses as its own fields, as structured clone takes it; one that keeps nothing in
 * fields but has members would arrive empty, and is refused as well.
 */

import { withArticle } from "../../core/check.ts";
import { TransferError } from "../../core/errors.ts";
import { travels } from "../../shared/memory/handle.ts";
import type { Reach } from "../rpc/transport.ts";

/** The key that marks what stands for something else in a message. */
export const MARK = "\u0000quartet";

/** How a value crosses: as a copy, as the same memory, only when it is moved by `transfer`, or not at all. */
export type Way = "copied" | "shared" | "moved" | "refused";

/** How objects of a class cross to a thread, to a process, and through a queue between threads. */
export interface Ways {
  readonly kind: number;
  readonly thread: Way;
  readonly process: Way;
  readonly queue: Way;
}

/** What the codec does with an object. */
export const Kind = {
  /** A plain object, or one of a user's class. */
  FIELDS: 0,
  ARRAY: 1,
  MAP: 2,
  SET: 3,
  DATE: 4,
  /** It cannot change and holds no other values: it goes as it is. */
  WHOLE: 5,
  BUFFER: 6,
  VIEW: 7,
  SHARED: 8,
  /** A `WebAssembly.Memory`: only a shared one crosses. */
  MEMORY: 9,
  /** It crosses only by being moved. */
  PORT: 10,
  ERROR: 11,
  /** It says itself how it travels. */
  TRAVELLER: 12,
  /** Of a class that keeps its state elsewhere: without fields of its own it would arrive empty. */
  HOLLOW: 13,
  REFUSED: 14,
} as const;

/** The classes of the platform whose objects cross, and how. */
export const CROSSINGS: Readonly<Record<string, Ways>> = {
  ...named(["Array"], ways(Kind.ARRAY, "copied", "copied", "copied")),
  ...named(["Map"], ways(Kind.MAP, "copied", "copied", "copied")),
  ...named(["Set"], ways(Kind.SET, "copied", "copied", "copied")),
  ...named(["Date"], ways(Kind.DATE, "copied", "copied", "copied")),
  ...named(
    ["RegExp", "Number", "String", "Boolean", "BigInt"],
    ways(Kind.WHOLE, "copied", "copied", "copied"),
  ),
  ...named(["ArrayBuffer"], ways(Kind.BUFFER, "copied", "copied", "copied")),
  ...named([
    "Int8Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "BigInt64Array",
    "BigUint64Array",
    "DataView",
  ], ways(Kind.VIEW, "copied", "copied", "copied")),
  ...named(["SharedArrayBuffer"], ways(Kind.SHARED, "shared", "refused", "refused")),
  ...named(["WebAssembly.Memory"], ways(Kind.MEMORY, "shared", "refused", "refused")),
  ...named(
    ["Blob", "File", "CryptoKey", "WebAssembly.Module"],
    ways(Kind.WHOLE, "copied", "refused", "refused"),
  ),
  ...named(
    ["MessagePort", "ReadableStream", "WritableStream", "TransformStream"],
    ways(Kind.PORT, "moved", "refused", "refused"),
  ),
  ...named(
    ["Error", "DOMException", "QuotaExceededError"],
    ways(Kind.ERROR, "copied", "copied", "copied"),
  ),
};

/** What is known of the objects of one class, by its prototype. */
export interface Known {
  readonly kind: number;
  /** Whether it crosses to another process. */
  readonly goesFar: boolean;
  /** Whether it can be written as an item of a queue between threads. */
  readonly queues: boolean;
}

const FIELDS: Known = { kind: Kind.FIELDS, goesFar: true, queues: true };
const HOLLOW: Known = { kind: Kind.HOLLOW, goesFar: true, queues: true };
const REFUSED: Known = { kind: Kind.REFUSED, goesFar: false, queues: false };
const TRAVELLER: Known = { kind: Kind.TRAVELLER, goesFar: true, queues: true };

const known = new WeakMap<object, Known>();
/** Loading `node:worker_threads` puts another class in its place; ports of both are about then. */
const firstMessagePort: unknown = globalThis.MessagePort;

/** What is known of an object whose prototype is that one. */
export function knownOf(prototype: object): Known {
  const before = known.get(prototype);
  if (before !== undefined) return before;
  const found = classify(prototype);
  known.set(prototype, found);
  return found;
}

function classify(prototype: object): Known {
  if (travels in prototype) return TRAVELLER;
  let ofPlatform = false;
  let hasMembers = false;
  for (
    let each = prototype, next = Object.getPrototypeOf(each);
    next !== null;
    // the last one is Object.prototype, of whatever realm
    each = next, next = Object.getPrototypeOf(each)
  ) {
    const maker = Object.getOwnPropertyDescriptor(each, "constructor")?.value;
    const found = crossingOf(maker);
    if (found !== null) return found;
    ofPlatform ||= isOfPlatform(maker);
    hasMembers ||= Object.getOwnPropertyNames(each).some((name) => name !== "constructor");
  }
  const isIterator = "next" in prototype &&
    (Symbol.iterator in prototype || Symbol.asyncIterator in prototype);
  if (ofPlatform || isIterator) return REFUSED;
  return hasMembers ? HOLLOW : FIELDS;
}

function crossingOf(maker: unknown): Known | null {
  if (typeof maker !== "function") return null;
  const name = maker === firstMessagePort
    ? "MessagePort"
    : [maker.name, `WebAssembly.${maker.name}`].find((each) =>
      Object.hasOwn(CROSSINGS, each) && platformClass(each) === maker
    );
  if (name === undefined) return null;
  const { kind, process, queue } = CROSSINGS[name]!;
  return { kind, goesFar: process !== "refused", queues: queue !== "refused" };
}

/** The class of that name (`Blob`, `WebAssembly.Memory`), where the platform has it. */
export function platformClass(name: string): unknown {
  let at: unknown = globalThis;
  for (const part of name.split(".")) at = (at as Record<string, unknown> | undefined)?.[part];
  return typeof at === "function" ? at : undefined;
}

function isOfPlatform(maker: unknown): boolean {
  if (typeof maker !== "function" || maker === Object) return false;
  const { WebAssembly, Intl, Temporal } = globalThis as unknown as Record<string, object>;
  return [globalThis, Deno, WebAssembly, Intl, Temporal].some((space) =>
    space !== undefined && (space as Record<string, unknown>)[maker.name] === maker
  );
}

/** Whether a value of this kind holds no others that the codec looks at. */
export function isWhole(kind: number): boolean {
  return kind >= Kind.DATE && kind <= Kind.PORT;
}

/** Whether a value is copied by being passed on. */
export function isAtom(value: unknown): boolean {
  return value === null ||
    (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");
}

/** Whether all of these are. */
export function areAtoms(values: readonly unknown[]): boolean {
  for (let i = 0; i < values.length; i++) if (!isAtom(values[i])) return false;
  return true;
}

/** Whether it is memory that threads share. */
export function isShared(buffer: ArrayBufferLike): boolean {
  return buffer instanceof SharedArrayBuffer;
}

/** Sets a field, whatever its name: one that is called `__proto__` must not become the prototype. */
export function defineField(object: object, key: string, value: unknown): void {
  if (key !== "__proto__") (object as Record<string, unknown>)[key] = value;
  else {
    Object.defineProperty(object, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}

function ways(kind: number, thread: Way, process: Way, queue: Way): Ways {
  return { kind, thread, process, queue };
}

function named(names: readonly string[], ways: Ways): Record<string, Ways> {
  return Object.fromEntries(names.map((name) => [name, ways]));
}

// What is said of a value that cannot cross: where it stands, what it is, and what can be done instead.

/** A step of a path: an index, a name, or the part of a map or set as it is written. */
export type Key = string | number | readonly [written: string];

/** Whether a value was too deep for the stack. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}

export function pathOf(path: readonly Key[], from: number, to: number): string {
  let written = "";
  for (const key of path.slice(from, to)) {
    if (key === "") continue;
    if (typeof key === "number") written += `[${key}]`;
    else written += `${written === "" && typeof key === "string" ? "" : "."}${key}`;
  }
  return written;
}

/** The beginning and the end of a path that is too long for a message. */
export function shortened(path: string): string {
  return path.length <= 120 ? path : `${path.slice(0, 60)} … ${path.slice(-40)}`;
}

export function nameOf(key: unknown): string {
  if (typeof key === "string") return JSON.stringify(key);
  return typeof key === "object" || typeof key === "function" ? what(key) : String(key);
}

export function reasonOf(error: unknown): string {
  return isStackOverflow(error)
    ? "it is nested too deep for the stack that is left here"
    : `reading it failed with ${what(error, true)}`;
}

/** What a value is, as a phrase; never runs into an error of its own. */
export function what(value: unknown, withMessage = false): string {
  try {
    if (typeof value === "function") return `function ${value.name || "without a name"}`;
    if (typeof value !== "object" || value === null) return String(value);
    if (withMessage && value instanceof Error) return `${value.name}: ${value.message}`;
    return withArticle(
      value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1),
    );
  } catch {
    return "an object that cannot be looked at";
  }
}

export function wayOut(value: unknown, reach: Reach, isQueued: boolean): string {
  if (typeof value === "function") {
    return "make it portable(import.meta, …) and submit it, or send data";
  }
  if (typeof value === "object" && value !== null) {
    if (isQueued && value instanceof SharedArrayBuffer) {
      return "use SharedArray, which stays shared";
    }
    if (value instanceof SharedArrayBuffer || value instanceof WebAssembly.Memory) {
      return reach === "process"
        ? "shared memory stays within one process: send a copy, or use multiprocessing.SharedMemory"
        : "make it shared, or send a copy";
    }
    const prototype = Object.getPrototypeOf(value);
    if (
      reach === "thread" && !isQueued && prototype !== null && knownOf(prototype).kind === Kind.PORT
    ) {
      return "move it: transfer(value, [it])";
    }
  }
  return "send plain data";
}

/** A refusal of the platform as the error that says what it means. */
export function refusalOf(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  return new TransferError(`Cannot send the arguments: ${(error as Error).message}`, {
    cause: error,
  });
}
