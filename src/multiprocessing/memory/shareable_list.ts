import { type Handle, noteKind, type Traveller, travels } from "../../shared/memory/handle.ts";
import { checkIterable, checkOptions, show } from "../../core/check.ts";
import { TransferError } from "../../core/errors.ts";
import { attachNamed, SharedMemory } from "./shared_memory.ts";

/** What a shareable list can hold. */
export type Shareable = null | boolean | number | bigint | string | Uint8Array;

/** What stands in an item's first byte. */
const Tag = { NULL: 0, FALSE: 1, TRUE: 2, NUMBER: 3, BIGINT: 4, STRING: 5, BYTES: 6 } as const;

/** The list's length, then for each item: where it begins and how many bytes it may take. */
const ENTRY = 8;
/** An item's tag and length stand before its bytes. */
const HEAD = 5;
/** Room for any number. */
const NUMBER = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A list in memory that several processes see at once.
 *
 * - It holds `null`, booleans, numbers, bigints of 64 bits, strings and bytes. Its length is fixed, and each item may take
 *   as much room as the first one in its place, or eight bytes.
 * - Items are not changed in one step: hold a lock where that matters.
 * - Others attach it by its name, or get the object as an argument. It needs what {@link SharedMemory} needs.
 *
 * Source: `multiprocessing.shared_memory.ShareableList`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ShareableList } from "@quartet/concurrency/multiprocessing";
 *
 * using list = new ShareableList([1, 2.5, "ab", null, true]);
 * using same = new ShareableList(null, { name: list.name });
 * list.set(2, "cd");
 * assertEquals([...same], [1, 2.5, "cd", null, true]);
 * list.unlink();
 * ```
 */
export class ShareableList implements Traveller, Disposable, Iterable<Shareable> {
  /** The memory that it is in. */
  readonly memory: SharedMemory;

  /**
   * Makes a list, or attaches one.
   *
   * @param items what it holds; `null` to attach one by its name.
   * @throws {TypeError} if an item is none of these kinds.
   */
  constructor(items: Iterable<Shareable> | null, options: { name?: string } = {}) {
    checkOptions(options, "new ShareableList()", 'name: "…"');
    if (items === null) {
      this.memory = new SharedMemory({ name: options.name });
      return;
    }
    checkIterable(items, "items");
    const list = [...items];
    const rooms = list.map((item) => HEAD + Math.max(NUMBER, bytesOf(item).length));
    const table = 4 + list.length * ENTRY;
    const size = table + rooms.reduce((sum, room) => sum + room, 0);
    this.memory = new SharedMemory({ name: options.name, create: true, size });
    try {
      this.#fill(list, rooms, table);
    } catch (error) {
      this.close();
      this.unlink();
      throw error;
    }
  }

  #fill(list: readonly Shareable[], rooms: readonly number[], table: number): void {
    const view = this.#view();
    view.setUint32(0, list.length, true);
    let at = table;
    list.forEach((item, index) => {
      const room = rooms[index] as number;
      view.setUint32(4 + index * ENTRY, at, true);
      view.setUint32(8 + index * ENTRY, room, true);
      at += room;
      this.set(index, item);
    });
  }

  /** By which others find it. */
  get name(): string {
    return this.memory.name;
  }

  /** How many items there are. */
  get length(): number {
    return this.#view().getUint32(0, true);
  }

  /**
   * The item at `index`; a negative one counts from the end.
   *
   * @throws {RangeError} if there is none.
   */
  get(index: number): Shareable {
    const view = this.#view();
    const { at } = this.#place(index, view);
    const length = view.getUint32(at + 1, true);
    const from = at + HEAD;
    switch (view.getUint8(at)) {
      case Tag.FALSE:
        return false;
      case Tag.TRUE:
        return true;
      case Tag.NUMBER:
        return view.getFloat64(from, true);
      case Tag.BIGINT:
        return view.getBigInt64(from, true);
      case Tag.STRING:
        return decoder.decode(this.#bytes().slice(from, from + length));
      case Tag.BYTES:
        return this.#bytes().slice(from, from + length);
      default:
        return null;
    }
  }

  /**
   * Replaces the item at `index`.
   *
   * @throws {RangeError} if it needs more room than there is. Python: `ValueError`.
   */
  set(index: number, item: Shareable): void {
    const view = this.#view();
    const { at, room } = this.#place(index, view);
    const bytes = bytesOf(item);
    if (bytes.length > room - HEAD) {
      throw new RangeError(
        `Cannot keep ${bytes.length} bytes at ${index}: there is room for ${room - HEAD}`,
      );
    }
    view.setUint8(at, tagOf(item));
    view.setUint32(at + 1, bytes.length, true);
    this.#bytes().set(bytes, at + HEAD);
  }

  /** How many items are `item`. */
  count(item: Shareable): number {
    return [...this].filter((each) => each === item).length;
  }

  /** Where `item` is first; -1 if it is not there. */
  indexOf(item: Shareable): number {
    return [...this].indexOf(item);
  }

  /** Takes the memory out of this process. */
  close(): void {
    this.memory.close();
  }

  /** Removes the name; the memory stays as long as somebody has it. */
  unlink(): void {
    this.memory.unlink();
  }

  /** Returns a snapshot of its counters. */
  statistics(): { readonly name: string; readonly length: number; readonly size: number } {
    const { name, length } = this;
    return Object.freeze({ name, length, size: this.memory.size });
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Its items. */
  *[Symbol.iterator](): IterableIterator<Shareable> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  /** How it crosses: by its name. */
  [travels](reach: "thread" | "process"): Handle {
    if (reach === "thread") {
      throw new TransferError("Cannot send it to a thread: send its name, and attach it there");
    }
    return { kind: "mp.ShareableList", module: import.meta.url, data: this.name };
  }

  #place(index: number, view: DataView): { at: number; room: number } {
    const { length } = this;
    const place = typeof index === "number" && index < 0 ? index + length : index;
    if (!Number.isInteger(place) || place < 0 || place >= length) {
      throw new RangeError(`Cannot take item ${show(index)}: the list has ${length}`);
    }
    return {
      at: view.getUint32(4 + place * ENTRY, true),
      room: view.getUint32(8 + place * ENTRY, true),
    };
  }

  #bytes(): Uint8Array<ArrayBuffer> {
    const { buf } = this.memory;
    if (buf === null) throw new TypeError("Cannot use the list: it is closed");
    return buf;
  }

  #view(): DataView {
    return new DataView(this.#bytes().buffer);
  }
}

noteKind("mp.ShareableList", (name: unknown, source) => {
  using memory = attachNamed(name, source); // it may be named
  return new ShareableList(null, { name: memory.name });
});

function tagOf(item: Shareable): number {
  switch (typeof item) {
    case "boolean":
      return item ? Tag.TRUE : Tag.FALSE;
    case "number":
      return Tag.NUMBER;
    case "bigint":
      return Tag.BIGINT;
    case "string":
      return Tag.STRING;
    default:
      return item === null ? Tag.NULL : Tag.BYTES;
  }
}

function bytesOf(item: Shareable): Uint8Array {
  switch (typeof item) {
    case "boolean":
      return new Uint8Array();
    case "number":
      return new Uint8Array(new Float64Array([item]).buffer);
    case "bigint":
      return new Uint8Array(new BigInt64Array([item]).buffer);
    case "string":
      return encoder.encode(item);
    default:
      if (item === null) return new Uint8Array();
      if (item instanceof Uint8Array) return item;
      throw new TypeError(
        `Cannot share ${
          show(item)
        } in a list: give null, a boolean, number, bigint, string or bytes`,
      );
  }
}
