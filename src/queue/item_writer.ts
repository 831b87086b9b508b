/**
 * Items as bytes: what a thread writes so that another one can read it without an event loop.
 *
 * Structured clone's values, but for those that are tied to a thread or the platform (streams, ports,
 * keys …). Locks, queues and errors are replaced by the codec of `wire/` first. Parts that are used twice,
 * and cycles, stay one.
 *
 *     tag, then                                    tag, then
 *     int      4 bytes                             array    length, items, holes as a tag of their own
 *     float    8 bytes                             object   count, then name and value of each
 *     string   length, one byte each; or two;      again    the number of an object that was written before
 *              long ones in UTF-8              named    an array, then its named fields as an object's
 */
import { TransferError } from "../core/errors.ts";
import { travels } from "../shared/memory/handle.ts";
import { DEEPEST } from "../wire/codec/packing.ts";

/** What comes next. */
export const Tag = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  byte: 4,
  int: 5,
  float: 6,
  latin: 7,
  wide: 8,
  array: 9,
  object: 10,
  again: 11,
  hole: 12,
  bigint: 13,
  date: 14,
  regexp: 15,
  map: 16,
  set: 17,
  buffer: 18,
  view: 19,
  boxed: 20,
  utf8: 21,
  named: 22,
} as const;

/** Kinds of views, by the number that is written. */
export const VIEWS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
  ...("Float16Array" in globalThis
    ? [(globalThis as unknown as { Float16Array: typeof Float32Array }).Float16Array]
    : []),
] as const;

/** Thrown inside when a value needs the codec of `wire/` first. */
const NEEDS_CODEC = Symbol("needs the codec");

/** From so many characters on a string is written by the platform. */
const LONG = 64;
/** A larger buffer is not kept for the next item. */
const KEPT = 2 ** 20;

let encoder: TextEncoder | undefined;

const conversion = new DataView(new ArrayBuffer(8));

/** Writes one item at a time. */
export class ItemWriter {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  length = 0;
  #depth = 0;
  #objects: object[] = [];
  #numbers: Map<object, number> | null = null;
  /** Whether objects of classes are taken as plain ones: the codec has seen to what is special. */
  #packed = false;

  /** Writes `value`; `packed` after the codec. Throws a `TransferError`, or anything else when it needs the codec first. */
  write(value: unknown, packed: boolean): void {
    if (this.bytes.length > KEPT) this.bytes = new Uint8Array(1024);
    this.length = 0;
    this.#depth = 0;
    this.#packed = packed;
    this.#objects.length = 0;
    this.#numbers = null;
    try {
      this.#value(value);
    } finally {
      this.#objects.length = 0;
    }
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case "number":
        return this.#number(value);
      case "string":
        return this.#string(value);
      case "boolean":
        return this.#tag(value ? Tag.true : Tag.false);
      case "undefined":
        return this.#tag(Tag.undefined);
      case "bigint":
        this.#tag(Tag.bigint);
        return this.#string(value.toString(16));
      case "object":
        return value === null ? this.#tag(Tag.null) : this.#object(value);
      default:
        throw NEEDS_CODEC; // which knows how to refuse it, and its path
    }
  }

  #number(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= 0 && value < 256) {
        this.#room(2);
        this.bytes[this.length++] = Tag.byte;
        this.bytes[this.length++] = value;
      } else {
        this.#tag(Tag.int);
        this.#int(value);
      }
    } else {
      this.#tag(Tag.float);
      this.#float(value);
    }
  }

  #string(value: string): void {
    const count = value.length;
    if (count >= LONG && value.isWellFormed()) return this.#utf8(value);
    this.#room(6 + count);
    const start = this.length;
    this.bytes[this.length++] = Tag.latin;
    this.#size(count);
    const bytes = this.bytes;
    let at = this.length;
    for (let i = 0; i < count; i++) {
      const code = value.charCodeAt(i);
      if (code > 255) {
        this.length = start;
        return this.#wide(value);
      }
      bytes[at++] = code;
    }
    this.length = at;
  }

  #wide(value: string): void {
    this.#tag(Tag.wide);
    this.#size(value.length);
    this.#room(value.length * 2);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      this.bytes[this.length++] = code & 255;
      this.bytes[this.length++] = code >> 8;
    }
  }

  /** By the platform, at the speed of a copy; that costs a call, and takes no half of a pair. */
  #utf8(value: string): void {
    this.#tag(Tag.utf8);
    this.#room(4 + value.length);
    const start = this.length;
    this.length += 4;
    encoder ??= new TextEncoder();
    for (let rest = value;;) {
      const { read, written } = encoder.encodeInto(rest, this.bytes.subarray(this.length));
      this.length += written;
      if (read === rest.length) break;
      rest = rest.slice(read);
      this.#room(3 * rest.length); // as much as it can be
    }
    const count = this.length - start - 4;
    for (let i = 0; i < 4; i++) this.bytes[start + i] = count >>> 8 * i;
  }

  #object(value: object): void {
    const before = this.#numberOf(value);
    if (before >= 0) {
      this.#tag(Tag.again);
      return this.#size(before);
    }
    this.#note(value);
    if (++this.#depth > DEEPEST) throw NEEDS_CODEC; // which refuses it
    const prototype = Object.getPrototypeOf(value);
    if (Array.isArray(value)) this.#array(value);
    else if (prototype === Object.prototype || prototype === null) this.#fields(value);
    else this.#special(value);
    this.#depth--;
  }

  #array(value: readonly unknown[]): void {
    const names = Object.keys(value);
    const isNamed = names.length > 0 && !isIndexOf(value, names.at(-1)!); // as a match is
    this.#tag(isNamed ? Tag.named : Tag.array);
    this.#size(value.length);
    for (let i = 0; i < value.length; i++) {
      const item = value[i];
      if (item === undefined && !(i in value)) this.#tag(Tag.hole);
      else this.#value(item);
    }
    if (isNamed) this.#namedFields(value, names.filter((name) => !isIndexOf(value, name)));
  }

  #fields(value: object): void {
    if (!this.#packed && travels in value) throw NEEDS_CODEC;
    const names = Object.keys(value);
    if (names.length === 0 && Symbol.toStringTag in value) throw NEEDS_CODEC; // Math, which it refuses
    this.#tag(Tag.object);
    this.#namedFields(value, names);
  }

  #namedFields(value: object, names: readonly string[]): void {
    this.#size(names.length);
    for (const name of names) {
      this.#string(name);
      this.#value((value as Record<string, unknown>)[name]);
    }
  }

  #special(value: object): void {
    if (value instanceof Date) {
      this.#tag(Tag.date);
      this.#float(value.getTime());
    } else if (value instanceof Map) {
      this.#tag(Tag.map);
      this.#size(value.size);
      for (const [key, item] of value) {
        this.#value(key);
        this.#value(item);
      }
    } else if (value instanceof Set) {
      this.#tag(Tag.set);
      this.#size(value.size);
      for (const item of value) this.#value(item);
    } else if (value instanceof RegExp) {
      this.#tag(Tag.regexp);
      this.#string(value.source);
      this.#string(value.flags);
    } else if (value instanceof ArrayBuffer) {
      this.#tag(Tag.buffer);
      this.#raw(new Uint8Array(value));
    } else if (ArrayBuffer.isView(value)) {
      this.#view(value);
    } else if (isBoxed(value)) {
      this.#tag(Tag.boxed);
      this.#value(value.valueOf());
    } else if (!this.#packed) {
      throw NEEDS_CODEC;
    } else {
      this.#fields(value); // as structured clone does with an object of a class
    }
  }

  #view(value: ArrayBufferView): void {
    const kind = VIEWS.findIndex((each) => value.constructor === each);
    if (kind < 0 || !(value.buffer instanceof ArrayBuffer)) {
      if (!this.#packed) throw NEEDS_CODEC;
      throw new TransferError(
        `Cannot put a view of a ${value.buffer.constructor.name} into a queue between threads: use SharedArray, which stays shared`,
      );
    }
    this.#tag(Tag.view);
    this.#size(kind);
    this.#raw(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }

  #raw(data: Uint8Array): void {
    this.#size(data.length);
    this.#room(data.length);
    this.bytes.set(data, this.length);
    this.length += data.length;
  }

  #tag(tag: number): void {
    this.#room(1);
    this.bytes[this.length++] = tag;
  }

  #int(value: number): void {
    this.#room(4);
    const { bytes } = this;
    bytes[this.length++] = value;
    bytes[this.length++] = value >> 8;
    bytes[this.length++] = value >> 16;
    bytes[this.length++] = value >> 24;
  }

  #float(value: number): void {
    this.#room(8);
    conversion.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) this.bytes[this.length++] = conversion.getUint8(i);
  }

  /** Small numbers in one byte: most lengths are. */
  #size(value: number): void {
    this.#room(5);
    if (value < 255) {
      this.bytes[this.length++] = value;
    } else {
      this.bytes[this.length++] = 255;
      this.#int(value);
    }
  }

  /** The first few are looked for one by one: most items have few parts. */
  #numberOf(value: object): number {
    if (this.#numbers !== null) return this.#numbers.get(value) ?? -1;
    return this.#objects.indexOf(value);
  }

  #note(value: object): void {
    this.#objects.push(value);
    if (this.#numbers !== null) this.#numbers.set(value, this.#objects.length - 1);
    else if (this.#objects.length > 16) {
      this.#numbers = new Map(this.#objects.map((o, i) => [o, i]));
    }
  }

  #room(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const next = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    next.set(this.bytes.subarray(0, this.length));
    this.bytes = next;
  }
}

function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String || value instanceof Boolean ||
    value instanceof BigInt;
}

/** Whether a key of an array is one of its indices. */
function isIndexOf(array: readonly unknown[], key: string): boolean {
  const index = Number(key);
  return index < array.length && String(index) === key;
}
