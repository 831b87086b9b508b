/**
 * Copies a value for its way, and replaces what cannot cross as it is.
 *
 * The copy is the value at this moment: nothing that is done to the value later shows in it. It keeps
 * cycles and shared parts. Buffers are copied only where the message waits before it is sent.
 *
 * An error is never refused: what in it cannot cross is left out, and named in its record.
 */
import { TransferError } from "../../core/errors.ts";
import { type Traveller, travels } from "../../shared/memory/handle.ts";
import { isOfDepth, Overflows, toErrorRecord } from "./error_record.ts";
import {
  defineField,
  isAtom,
  isShared,
  isStackOverflow,
  type Key,
  Kind,
  type Known,
  knownOf,
  MARK,
  nameOf,
  pathOf,
  reasonOf,
  shortened,
  wayOut,
  what,
} from "./value_kinds.ts";
import {
  anyMarked,
  BIG,
  copyOf,
  type Extent,
  extentOf,
  type Holding,
  markedTransfers,
  type Pending,
  seal,
  viewOf,
} from "./transfer.ts";
import type { Reach } from "../rpc/transport.ts";

/**
 * Values nested deeper are refused. The platform can write somewhat deeper ones, but not read them: the
 * other side would get nothing.
 */
export const DEEPEST = 2_000;

/** Around what is in an error stand so many layers of its record. */
const LAYERS = 3;

/**
 * Whether a list without holes may have named fields. The values are counted: they are one copy, while each of the keys is a
 * string of its own, which would cost as much as the rest of a list of numbers.
 */
function mayHaveFields(list: readonly unknown[]): boolean {
  try {
    return Object.values(list).length !== list.length;
  } catch {
    return true; // of a getter, which throws again where its field is read
  }
}

const LEFT_OUT = Symbol("left out of an error");

/** Copies one value at a time; `marked` says whether something was replaced. */
export class Packing {
  marked = false;
  /** Copies of big buffers, to be moved with the message. */
  readonly given: ArrayBuffer[] = [];
  /** What was marked to be moved, and on what. */
  readonly moved: Transferable[] = [];
  readonly carriers: object[] = [];
  /** Views of what is to be moved, and what they show of it, which they forget when it moves. */
  readonly views: Map<ArrayBufferView, Extent> = new Map();
  readonly pending: Pending[] = [];
  #reach: Reach = "thread";
  #holding: Holding = "sent now";
  /** What was met, and its copy: two lists while they are few, which is faster. */
  readonly #met: object[] = [];
  readonly #copies: unknown[] = [];
  #many: Map<object, unknown> | null = null;
  readonly #path: Key[] = [];
  /** Inside an error: where it begins in the path, and what was left out of it. */
  #error: { readonly depth: number; readonly leftOut: string[] } | null = null;
  /** Why the last thing was refused, in short. */
  #why = "";
  /** Inside an error: the stack overflows on their way up through it. */
  #overflows: Overflows | null = null;

  /** The copy of `value`; throws a `TransferError` that says where in it something cannot cross. */
  pack(value: unknown, reach: Reach, holding: Holding): unknown {
    this.#reach = reach;
    this.#holding = holding;
    try {
      return this.#value(value, 0);
    } catch (error) {
      if (error instanceof TransferError) throw error;
      if (!isStackOverflow(error)) throw this.#unreadable(error, 0);
      throw this.#refusal("it is nested too deep for the stack that is left here; flatten it", 0);
    }
  }

  /** Forgets everything, for the next value. */
  clear(): void {
    this.marked = false;
    while (this.#met.pop() !== undefined) this.#copies.pop(); // setting the length to 0 costs more
    this.#many = null;
    this.#error = null;
    this.#overflows = null;
    if (this.pending.length > 0) this.pending.length = 0;
    if (this.given.length > 0) this.given.length = 0;
    if (this.carriers.length === 0) return;
    this.carriers.length = 0;
    this.moved.length = 0;
    this.views.clear();
  }

  #value(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case "object":
        return value === null ? null : this.#object(value, depth);
      case "function":
      case "symbol":
        return this.#refuse(value, depth);
      default:
        return value;
    }
  }

  /** One frame of the stack for a level of arrays and plain objects: values may be deep. */
  #object(value: object, depth: number): unknown {
    const before = this.#copyOf(value);
    if (before !== undefined) return before;
    if (depth > DEEPEST) {
      this.#why = `it is nested deeper than ${DEEPEST} levels, which the other side cannot read`;
      throw this.#refusal(`${this.#why}; flatten it, or send a list`, depth);
    }
    const transfers = anyMarked ? markedTransfers(value) : undefined;
    if (transfers !== undefined) {
      this.carriers.push(value);
      if (this.#reach === "thread") {
        for (const each of transfers) this.moved.push(each);
      }
    }
    const isStrict = this.#error === null;
    if (Array.isArray(value)) {
      const copy = this.#note(value, Array.prototype.slice.call(value));
      let isFull = true;
      for (let i = 0; i < copy.length; i++) {
        const item: unknown = copy[i];
        if (isAtom(item)) {
          if (item === undefined) isFull = false; // it may be a hole
          continue;
        }
        if (isStrict && typeof item === "object") {
          this.#path[depth] = i;
          copy[i] = this.#object(item as object, depth + 1);
        } else {
          const packed = this.#child(item, i, depth);
          copy[i] = packed === LEFT_OUT ? undefined : packed;
        }
      }
      if (!isFull || mayHaveFields(value)) this.#namedFields(value, copy, depth);
      return copy;
    }
    const prototype = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    const known = isPlain ? null : knownOf(prototype);
    if (isPlain && travels in value) return this.#traveller(value as Traveller, depth);
    if (known !== null && known.kind !== Kind.FIELDS && known.kind !== Kind.HOLLOW) {
      return this.#special(value, known, depth);
    }
    const copy = this.#spread(value, depth);
    let whole: object = copy;
    if (MARK in copy) {
      this.marked = true;
      whole = { [MARK]: "plain", value: copy };
    }
    this.#note(value, whole);
    let isEmpty = true;
    for (const key in copy) {
      isEmpty = false;
      const item = copy[key];
      if (isAtom(item)) continue;
      if (isStrict && typeof item === "object" && key !== "__proto__") {
        this.#path[depth] = key;
        copy[key] = this.#object(item as object, depth + 1);
      } else {
        this.#setField(copy, key, this.#child(item, key, depth));
      }
    }
    // Math, Atomics, an object whose state is private: it would arrive empty.
    if (isEmpty && (known === null ? Symbol.toStringTag in value : known.kind === Kind.HOLLOW)) {
      return this.#refuse(value, depth);
    }
    return whole;
  }

  /** An array may have named fields, as a match has; they come after its items. */
  #namedFields(value: unknown[], copy: unknown[], depth: number): void {
    const keys = Object.keys(value);
    for (let i = keys.length - 1; i >= 0; i--) {
      const key = keys[i]!;
      if (key in copy) return;
      this.#setField(copy as never, key, this.#child(value[key as never], key, depth));
    }
  }

  #setField(copy: Record<string, unknown>, key: string, packed: unknown): void {
    if (packed === LEFT_OUT) delete copy[key];
    else defineField(copy, key, packed);
  }

  /** A copy of the own fields, whose getters have run. */
  #spread(value: object, depth: number): Record<string, unknown> {
    try {
      return { ...value };
    } catch (error) {
      if (this.#error === null) throw this.#unreadable(error, depth);
      if (isOfDepth(error, depth)) throw error;
    }
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      try {
        defineField(copy, key, (value as Record<string, unknown>)[key]);
      } catch (error) {
        if (isOfDepth(error, depth)) throw error;
        this.#why = reasonOf(error);
        this.#path[depth] = key;
        this.#leaveOut(depth + 1);
      }
    }
    return copy;
  }

  #special(value: object, { kind, goesFar, queues }: Known, depth: number): unknown {
    if (!goesFar && this.#reach === "process") this.#refuse(value, depth);
    if (!queues && this.#holding === "queued") this.#refuse(value, depth);
    switch (kind) {
      case Kind.MAP:
        return this.#map(value as Map<unknown, unknown>, depth);
      case Kind.SET:
        return this.#set(value as Set<unknown>, depth);
      case Kind.DATE:
        return this.#note(value, new Date(Date.prototype.getTime.call(value)));
      case Kind.WHOLE:
      case Kind.SHARED:
        return value;
      case Kind.MEMORY:
        return isShared((value as WebAssembly.Memory).buffer) ? value : this.#refuse(value, depth);
      case Kind.BUFFER:
        return this.#buffer(value as ArrayBuffer, depth);
      case Kind.VIEW:
        return this.#view(value as ArrayBufferView, depth);
      case Kind.PORT:
        return this.moved.includes(value as Transferable) ? value : this.#refuse(value, depth);
      case Kind.ERROR:
        return this.#record(value as Error, depth);
      case Kind.TRAVELLER:
        return this.#traveller(value as Traveller, depth);
      default:
        return this.#refuse(value, depth);
    }
  }

  #map(value: Map<unknown, unknown>, depth: number): Map<unknown, unknown> {
    const copy = this.#note(value, new Map<unknown, unknown>());
    for (const [key, item] of value) {
      const packedKey = isAtom(key) ? key : this.#part(key, "key", key, depth);
      const packed = isAtom(item) ? item : this.#part(item, "get", key, depth);
      if (packedKey !== LEFT_OUT && packed !== LEFT_OUT) copy.set(packedKey, packed);
    }
    return copy;
  }

  #set(value: Set<unknown>, depth: number): Set<unknown> {
    const copy = this.#note(value, new Set<unknown>());
    for (const item of value) {
      const packed = isAtom(item) ? item : this.#part(item, "item", undefined, depth);
      if (packed !== LEFT_OUT) copy.add(packed);
    }
    return copy;
  }

  /** A key or item of a map or set. */
  #part(value: unknown, method: string, key: unknown, depth: number): unknown {
    const written = method === "item" ? method : `${method}(${nameOf(key)})`;
    if (this.#error !== null || typeof value !== "object") {
      return this.#child(value, [written], depth);
    }
    this.#path[depth] = [written];
    return this.#object(value as object, depth + 1);
  }

  #buffer(buffer: ArrayBuffer, depth: number): ArrayBuffer {
    if (buffer.detached) {
      this.#why = "its buffer was moved away before";
      throw this.#refusal(`${this.#why}; send it where it is`, depth);
    }
    const isReadNow = this.#holding === "sent now" || this.#holding === "queued";
    if (isReadNow || this.moved.includes(buffer)) return buffer;
    const copy = this.#note(buffer, copyOf(buffer));
    const isGiven = this.#holding === "given" && this.#reach === "thread";
    if (isGiven && copy.byteLength >= BIG) this.given.push(copy);
    return copy;
  }

  #view(view: ArrayBufferView, depth: number): ArrayBufferView {
    const { buffer } = view;
    if (isShared(buffer)) {
      const stays = this.#reach === "process" || this.#holding === "queued";
      return stays ? this.#refuse(buffer, depth) : view;
    }
    const before = this.#copyOf(buffer) as ArrayBuffer | undefined;
    const copy = before ?? this.#buffer(buffer as ArrayBuffer, depth);
    if (copy !== buffer) return this.#note(view, viewOf(view, copy, extentOf(view)));
    if (this.#holding !== "sent now") this.views.set(view, extentOf(view));
    return view;
  }

  #traveller(value: Traveller, depth: number): unknown {
    this.marked = true;
    const stand = this.#note(value, { [MARK]: "handle", handle: null as unknown });
    const pending = { traveller: value, stand, path: pathOf(this.#path, 0, depth) };
    // In an error it is asked at once: one that cannot go so far is left out.
    if (this.#error === null) this.pending.push(pending);
    else seal(pending, this.#reach);
    return stand;
  }

  #record(error: Error, depth: number): unknown {
    this.marked = true;
    const copy = this.#note(error, { [MARK]: "error", error: null as unknown });
    const leftOut: string[] = [];
    const { cause, errors, fields, ...rest } = toErrorRecord(error, leftOut, depth);
    const around = this.#error;
    this.#overflows ??= new Overflows();
    this.#error = { depth, leftOut };
    copy.error = {
      ...rest,
      fields: this.#faultFields(fields, depth),
      cause: this.#faultList(cause, "cause", depth),
      errors: errors === null ? null : this.#faultList(errors, "errors", depth),
      leftOut,
    };
    this.#error = around;
    return copy;
  }

  #faultFields(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
    const copy: Record<string, unknown> = {};
    for (const key of Object.keys(fields)) {
      const packed = this.#child(fields[key], key, depth, LAYERS);
      if (packed !== LEFT_OUT) defineField(copy, key, packed);
    }
    return copy;
  }

  #faultList(items: readonly unknown[], name: string, depth: number): unknown[] {
    const copy: unknown[] = [];
    items.forEach((item, index) => {
      const key = name === "cause" ? name : `${name}[${index}]`;
      const packed = this.#child(item, key, depth, LAYERS);
      if (packed !== LEFT_OUT) copy.push(packed);
    });
    return copy;
  }

  /** What stands in a value under `key`; inside an error, {@link LEFT_OUT} when it cannot cross. */
  #child(value: unknown, key: Key, depth: number, layers = 1): unknown {
    this.#path[depth] = key;
    for (let layer = 1; layer < layers; layer++) this.#path[depth + layer] = "";
    if (this.#error === null) return this.#value(value, depth + layers);
    const within = this.#error;
    try {
      return this.#value(value, depth + layers);
    } catch (error) {
      if (this.#overflows!.rises(error, depth)) throw error;
      this.#error = within;
      if (!(error instanceof TransferError)) this.#why = reasonOf(error);
      this.#path[depth] = key;
      this.#leaveOut(depth + 1);
      return LEFT_OUT;
    }
  }

  #leaveOut(depth: number): void {
    const { depth: from, leftOut } = this.#error!;
    leftOut.push(`${shortened(pathOf(this.#path, from, depth))}: ${this.#why}`);
  }

  #copyOf(value: object): unknown {
    if (this.#many !== null) return this.#many.get(value);
    for (let i = 0; i < this.#met.length; i++) if (this.#met[i] === value) return this.#copies[i];
    return undefined;
  }

  #note<C>(original: object, copy: C): C {
    if (this.#many !== null) {
      this.#many.set(original, copy);
      return copy;
    }
    this.#met.push(original);
    this.#copies.push(copy);
    if (this.#met.length > 12) {
      this.#many = new Map(this.#met.map((each, i) => [each, this.#copies[i]]));
    }
    return copy;
  }

  #refuse(value: unknown, depth: number): never {
    const isQueued = this.#holding === "queued";
    const where = isQueued
      ? "go through a queue between threads"
      : `cross to another ${this.#reach}`;
    this.#why = `${what(value)} cannot ${where}`;
    throw this.#refusal(`${this.#why}; ${wayOut(value, this.#reach, isQueued)}`, depth);
  }

  #unreadable(cause: unknown, depth: number): TransferError {
    return this.#refusal(this.#why = reasonOf(cause), depth, cause);
  }

  #refusal(why: string, depth: number, cause?: unknown): TransferError {
    const path = pathOf(this.#path, 0, depth);
    return new TransferError(
      `Cannot send ${path === "" ? "this value" : shortened(path)}: ${why}`,
      cause === undefined ? { path } : { path, cause },
    );
  }
}
