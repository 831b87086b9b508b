/**
 * Items in an order other than that of their coming: a stack, or a heap by priority.
 *
 *     entry (8 words)   form, value or address of the bytes, key (float), number of its coming (float)
 *
 * Both sides change the same entries, so one latch serves for both: that of the putting side. Entries are
 * in one block that grows; the bytes of each item are in a block of their own.
 */
import {
  allocate,
  byteView,
  floatView,
  free,
  load,
  reach,
  store,
  wordView,
} from "../shared/mod.ts";
import {
  CONSTANTS,
  discardItem,
  Form,
  isInt,
  readItem,
  writeItem,
  type Written,
} from "./item_form.ts";
import { ahead, countOf, leaveSide, Q, takeSide } from "./queue_words.ts";
import { FULL, NONE, PUT, SHUT, type Store } from "./store.ts";

const ENTRY = 8, FORM = 0, VALUE = 1, KEY = 2, COMING = 4;
const FIRST_ENTRIES = 16;
/** Where the number of the last coming stands: an even word that the ring of other queues uses. */
const COMINGS = 18;

/** Which item comes out first. */
export interface Order {
  /** The number by which an item is placed; 0 where {@link compare} decides, or the coming alone. */
  key(item: unknown): number;
  /** Below 0 if `a` comes out before `b`; `null`: by key, then by coming. */
  readonly compare: ((a: unknown, b: unknown) => number) | null;
  /** Whether the last to come is the first to go. */
  readonly last: boolean;
}

/** A stack or heap of items, seen from one thread. */
export class Pile implements Store {
  readonly #at: number;
  readonly #order: Order;

  constructor(at: number, order: Order) {
    this.#at = at;
    this.#order = order;
  }

  /** Fills in a fresh control block. */
  static build(at: number): void {
    store(at + Q.store, allocate(FIRST_ENTRIES * ENTRY));
    store(at + Q.cells, FIRST_ENTRIES);
  }

  put(value: unknown): typeof PUT | typeof FULL | typeof SHUT | Written {
    const key = this.#order.key(value);
    if (isInt(value)) return this.#insert(Form.int, value, key, null);
    const constant = typeof value === "object" && value !== null ? -1 : CONSTANTS.indexOf(value);
    if (constant >= 0) return this.#insert(Form.constant, constant, key, null);
    const written = writeItem(value);
    const how = this.#insert(written.form, 0, key, written);
    if (how !== FULL) return how;
    return { ...written, bytes: written.bytes.slice(0, written.length), key } as Keyed;
  }

  putWritten(written: Written): typeof PUT | typeof FULL | typeof SHUT {
    return this.#insert(written.form, 0, (written as Keyed).key, written);
  }

  take(): unknown {
    const at = this.#at;
    const size = ahead(countOf(takeSide(at + Q.put)), countOf(load(at + Q.get)));
    if (size === 0) {
      leaveSide(at + Q.put, 0, at + Q.items);
      return NONE;
    }
    const entries = this.#entries();
    const words = wordView();
    const taken = entries + (this.#order.last ? size - 1 : 0) * ENTRY;
    const form = words[taken + FORM]!;
    const value = words[taken + VALUE]!;
    if (!this.#order.last && size > 1) {
      const end = entries + (size - 1) * ENTRY;
      words.copyWithin(taken, end, end + ENTRY);
      this.#settle(entries, 0, size - 1);
    }
    const bytes = isBytes(form) ? takeBytes(value) : null;
    this.#count();
    leaveSide(at + Q.put, 0, at + Q.items);
    if (bytes !== null) return readItem(form, bytes);
    return form === Form.int ? value : CONSTANTS[value];
  }

  clear(): void {
    const at = this.#at;
    const put = countOf(takeSide(at + Q.put));
    const size = ahead(put, countOf(load(at + Q.get)));
    const entries = this.#entries();
    const lost: [number, Uint8Array][] = [];
    for (let i = 0; i < size; i++) {
      const form = wordView()[entries + i * ENTRY + FORM]!;
      if (isBytes(form)) lost.push([form, takeBytes(wordView()[entries + i * ENTRY + VALUE]!)]);
      this.#count();
    }
    store(at + Q.done, put);
    leaveSide(at + Q.put, 0, at + Q.items);
    for (const [form, bytes] of lost) discardItem(form, bytes);
  }

  #insert(
    form: number,
    value: number,
    key: number,
    written: Written | null,
  ): typeof PUT | typeof FULL | typeof SHUT {
    const at = this.#at;
    const size = ahead(countOf(takeSide(at + Q.put)), countOf(load(at + Q.get)));
    const maxsize = load(at + Q.maxsize);
    const shut = load(at + Q.shut) !== 0;
    if (shut || (maxsize > 0 && size >= maxsize)) {
      leaveSide(at + Q.put, 0, at + Q.items);
      return shut ? SHUT : FULL;
    }
    let inside = 0;
    try {
      const entries = this.#roomFor(size);
      const entry = entries + size * ENTRY;
      const coming = floatView()[(at + COMINGS) >> 1]! + 1;
      const kept = written === null ? value : keepBytes(written);
      const words = wordView();
      words[entry + FORM] = form;
      words[entry + VALUE] = kept;
      floatView()[(entry + KEY) >> 1] = key;
      floatView()[(entry + COMING) >> 1] = coming;
      floatView()[(at + COMINGS) >> 1] = coming;
      if (!this.#order.last) this.#rise(entries, size);
      inside = 1;
    } finally {
      leaveSide(at + Q.put, inside, at + Q.items);
    }
    return PUT;
  }

  /** Moves the entry at `place` towards the first as far as it belongs. */
  #rise(entries: number, place: number): void {
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#before(entries, place, parent)) return;
      exchange(entries + place * ENTRY, entries + parent * ENTRY);
      place = parent;
    }
  }

  /** Moves the entry at `place` away from the first as far as it belongs. */
  #settle(entries: number, place: number, size: number): void {
    while (true) {
      let least = place;
      for (const child of [2 * place + 1, 2 * place + 2]) {
        if (child < size && this.#before(entries, child, least)) least = child;
      }
      if (least === place) return;
      exchange(entries + place * ENTRY, entries + least * ENTRY);
      place = least;
    }
  }

  #before(entries: number, a: number, b: number): boolean {
    const { compare } = this.#order;
    const first = entries + a * ENTRY, second = entries + b * ENTRY;
    const floats = floatView();
    let order: number;
    if (compare !== null) order = compare(peek(first), peek(second));
    else order = floats[(first + KEY) >> 1]! - floats[(second + KEY) >> 1]!;
    if (order === 0) order = floats[(first + COMING) >> 1]! - floats[(second + COMING) >> 1]!;
    return order < 0;
  }

  #count(): void {
    takeSide(this.#at + Q.get);
    leaveSide(this.#at + Q.get, 1, this.#at + Q.room);
  }

  #entries(): number {
    const entries = load(this.#at + Q.store);
    reach(entries + load(this.#at + Q.cells) * ENTRY);
    return entries;
  }

  #roomFor(size: number): number {
    const before = load(this.#at + Q.cells);
    const entries = this.#entries();
    if (size < before) return entries;
    const next = allocate(before * 2 * ENTRY);
    wordView().copyWithin(next, entries, entries + before * ENTRY);
    free(entries, before * ENTRY);
    store(this.#at + Q.store, next);
    store(this.#at + Q.cells, before * 2);
    return next;
  }
}

/** An item as written, with its place in the order. */
interface Keyed extends Written {
  readonly key: number;
}

/** Gives back what belongs to a queue that nobody knows any more. */
export function demolishPile(at: number): void {
  new Pile(at, { key: () => 0, compare: null, last: true }).clear();
  free(load(at + Q.store), load(at + Q.cells) * ENTRY);
}

function isBytes(form: number): boolean {
  return form === Form.bytes || form === Form.packed;
}

/** Keeps the bytes of an item in a block of their own, after their length. */
function keepBytes({ bytes, length }: Written): number {
  const block = allocate(1 + ((length + 3) >>> 2));
  wordView()[block] = length;
  byteView().set(bytes.subarray(0, length), (block + 1) * 4);
  return block;
}

function readBytes(block: number): Uint8Array {
  reach(block + 1);
  const length = wordView()[block]!;
  reach(block + 1 + ((length + 3) >>> 2));
  return byteView().slice((block + 1) * 4, (block + 1) * 4 + length);
}

function takeBytes(block: number): Uint8Array {
  const bytes = readBytes(block);
  free(block, 1 + ((bytes.length + 3) >>> 2));
  return bytes;
}

/** The item of an entry, which stays. */
function peek(entry: number): unknown {
  const form = wordView()[entry + FORM]!;
  const value = wordView()[entry + VALUE]!;
  if (isBytes(form)) return readItem(form, readBytes(value));
  return form === Form.int ? value : CONSTANTS[value];
}

function exchange(a: number, b: number): void {
  const words = wordView();
  for (let i = 0; i < ENTRY; i++) {
    const word = words[a + i]!;
    words[a + i] = words[b + i]!;
    words[b + i] = word;
  }
}
