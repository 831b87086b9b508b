/**
 * Items in an order other than that of their coming: a stack, or a heap by priority.
 *
 *     entry (8 words)   form, value or address of the bytes, key (float), number of its coming (float)
 *
 * Both sides change the same entries, so one latch serves for both: that of the putting side. Entries are
 * in one block that grows; the bytes of each item are in a block of their own.
 */
import { show } from "../core/check.ts";
import { InvalidStateError } from "../core/errors.ts";
import { allocate, free } from "../shared/memory/heap.ts";
import { add, floatView, load, reach, store, wordView } from "../shared/memory/words.ts";
import { unpark } from "../shared/parking/parking_lot.ts";
import {
  CONSTANTS,
  discardItem,
  Form,
  isInt,
  lasting,
  readItem,
  writeItem,
  type Written,
} from "./item_form.ts";
import {
  COMING,
  ENTRY,
  FORM,
  freeBytes,
  isBytes,
  keepBytes,
  KEY,
  peek,
  rise,
  sink,
  takeBytes,
  VALUE,
} from "./pile_entry.ts";
import { ahead, countOf, leaveSide, noteDone, ONE, Q, takeSide, wakeNext } from "./queue_words.ts";
import { FULL, NONE, PUT, SHUT, type Store } from "./store.ts";

const FIRST_ENTRIES = 16;
/** Where the number of the last coming stands: an even word that the ring of other queues uses. */
const COMINGS = 18;
/** Where the number of the last return stands, below 0. */
const RETURNS = 20;

/** Which item comes out first. */
export interface Order {
  /** The number by which an item is placed; 0 where {@link compare} decides, or the coming alone. */
  key(item: unknown): number;
  /** Below 0 if `a` comes out before `b`; `null`: by key, then by coming. */
  readonly compare: ((a: unknown, b: unknown) => number) | null;
  /** Whether the last to come is the first to go. */
  readonly last: boolean;
}

/**
 * A stack or heap of items, seen from one thread.
 *
 * The order may be a caller's own function, called with the latch held. So each change first looks for the
 * place, calling the order and writing nothing, and then writes without calling anything: an order that
 * throws leaves the items as they were. One that uses the queue itself is refused: it waits for its own latch.
 */
export class Pile implements Store {
  readonly #at: number;
  readonly #order: Order;
  /** Whether the order is being asked by this thread. */
  #ordering = false;

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
    return { ...lasting(written), key } as Keyed;
  }

  write(value: unknown): Written | null {
    if (typeof value !== "object" || value === null) return null;
    const key = this.#order.key(value);
    return { ...lasting(writeItem(value)), key } as Keyed;
  }

  putWritten(written: Written): typeof PUT | typeof FULL | typeof SHUT {
    return this.#insert(written.form, 0, (written as Keyed).key, written);
  }

  putBack(value: unknown): void {
    this.#checkFree();
    const at = this.#at;
    const form = isInt(value) ? Form.int : CONSTANTS.includes(value) ? Form.constant : Form.bytes;
    const written = form === Form.bytes ? writeItem(value) : null;
    takeSide(at + Q.put);
    const discards = load(at + Q.shut) === 2;
    try {
      if (!discards) this.#enterAgain(value, written, form);
    } finally {
      leaveSide(at + Q.put, 0, at + Q.items);
    }
    if (!discards) return wakeNext(at + Q.items);
    if (written !== null) discardItem(written.form, written.bytes);
    noteDone(at + Q.done, 1);
    unpark(at + Q.done);
  }

  take(): unknown {
    this.#checkFree();
    const at = this.#at;
    const size = ahead(countOf(takeSide(at + Q.put)), countOf(load(at + Q.get)));
    if (size === 0) {
      leaveSide(at + Q.put, 0, at + Q.items);
      return NONE;
    }
    const entries = this.#entries();
    const taken = entries + (this.#order.last ? size - 1 : 0) * ENTRY;
    const form = wordView()[taken + FORM]!;
    const value = wordView()[taken + VALUE]!;
    let bytes: Uint8Array | null = null;
    try {
      const place = this.#order.last ? 0 : this.#placeOfLast(entries, size);
      bytes = isBytes(form) ? takeBytes(value) : null;
      if (!this.#order.last) sink(entries, size - 1, place);
      this.#count(1);
    } finally {
      leaveSide(at + Q.put, 0, at + Q.items);
    }
    if (bytes !== null) return readItem(form, bytes);
    return form === Form.int ? value : CONSTANTS[value];
  }

  clear(): void {
    this.#checkFree();
    const at = this.#at;
    const size = ahead(countOf(takeSide(at + Q.put)), countOf(load(at + Q.get)));
    const entries = this.#entries();
    const lost: [number, Uint8Array][] = [];
    for (let i = 0; i < size; i++) {
      const form = wordView()[entries + i * ENTRY + FORM]!;
      if (isBytes(form)) lost.push([form, takeBytes(wordView()[entries + i * ENTRY + VALUE]!)]);
    }
    this.#count(size);
    noteDone(at + Q.done, size);
    leaveSide(at + Q.put, 0, at + Q.items);
    for (const [form, bytes] of lost) discardItem(form, bytes);
  }

  #insert(
    form: number,
    value: number,
    key: number,
    written: Written | null,
  ): typeof PUT | typeof FULL | typeof SHUT {
    this.#checkFree();
    const at = this.#at;
    const size = ahead(countOf(takeSide(at + Q.put)), countOf(load(at + Q.get)));
    const maxsize = load(at + Q.maxsize);
    const shut = load(at + Q.shut) !== 0;
    if (shut || (maxsize > 0 && size >= maxsize)) {
      leaveSide(at + Q.put, 0, at + Q.items);
      return shut ? SHUT : FULL;
    }
    let inside = 0;
    let kept = 0;
    try {
      const entries = this.#roomFor(size);
      const entry = entries + size * ENTRY; // beyond the last: no item yet
      const coming = floatView()[(at + COMINGS) >> 1]! + 1;
      if (written !== null) kept = keepBytes(written);
      wordView()[entry + FORM] = form;
      wordView()[entry + VALUE] = written === null ? value : kept;
      floatView()[(entry + KEY) >> 1] = key;
      floatView()[(entry + COMING) >> 1] = coming;
      if (!this.#order.last) rise(entries, size, this.#placeOfNew(entries, size));
      floatView()[(at + COMINGS) >> 1] = coming;
      inside = 1;
    } finally {
      if (inside === 0 && kept !== 0) freeBytes(kept);
      leaveSide(at + Q.put, inside, at + Q.items);
    }
    return PUT;
  }

  /** Enters an item that was taken, before its equals, with the latch held. */
  #enterAgain(value: unknown, written: Written | null, form: number): void {
    const at = this.#at;
    const size = ahead(countOf(load(at + Q.put)), countOf(load(at + Q.get)));
    const entries = this.#roomFor(size);
    const entry = entries + size * ENTRY;
    const kept = written !== null ? keepBytes(written) : 0;
    wordView()[entry + FORM] = written?.form ?? form;
    wordView()[entry + VALUE] = written !== null
      ? kept
      : form === Form.int
      ? value as number
      : CONSTANTS.indexOf(value);
    const floats = floatView();
    floats[(entry + KEY) >> 1] = 0;
    floats[(entry + COMING) >> 1] = floats[(at + RETURNS) >> 1]! -= 1;
    if (!this.#order.last) rise(entries, size, this.#placeOfReturned(value, entries, size));
    takeSide(at + Q.get);
    add(at + Q.get, -ONE);
    leaveSide(at + Q.get, 0, at + Q.room);
  }

  /** Its place in the order; the first one if the order throws, since whoever gives it back is not at fault. */
  #placeOfReturned(value: unknown, entries: number, size: number): number {
    try {
      floatView()[(entries + size * ENTRY + KEY) >> 1] = this.#order.key(value);
      return this.#placeOfNew(entries, size);
    } catch {
      return 0;
    }
  }

  /** The place to which the entry behind the last one rises. */
  #placeOfNew(entries: number, size: number): number {
    const entry = entries + size * ENTRY;
    const item = this.#seen(entry);
    let place = size;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = entries + parent * ENTRY;
      if (!this.#before(entry, item, above, this.#seen(above))) break;
      place = parent;
    }
    return place;
  }

  /** The place to which the last entry sinks when the first is gone. */
  #placeOfLast(entries: number, size: number): number {
    const left = size - 1;
    if (left === 0) return 0;
    const entry = entries + left * ENTRY;
    const item = this.#seen(entry);
    let place = 0;
    for (let down = 1; down < left; down = 2 * place + 1) {
      let below = entries + down * ENTRY;
      let least = this.#seen(below);
      if (down + 1 < left) {
        const other = this.#seen(below + ENTRY);
        if (this.#before(below + ENTRY, other, below, least)) {
          below += ENTRY;
          least = other;
          down++;
        }
      }
      if (!this.#before(below, least, entry, item)) break;
      place = down;
    }
    return place;
  }

  /** The item in an entry, where a function compares items. */
  #seen(entry: number): unknown {
    return this.#order.compare === null ? undefined : peek(entry);
  }

  /** Whether entry `a` with its item comes out before `b`. */
  #before(a: number, itemA: unknown, b: number, itemB: unknown): boolean {
    const { compare } = this.#order;
    const floats = floatView();
    if (compare === null) {
      const first = floats[(a + KEY) >> 1]!, second = floats[(b + KEY) >> 1]!;
      if (first !== second) return first < second; // no difference of theirs: both may be infinite
    } else {
      const order = this.#ask(compare, itemA, itemB);
      if (order !== 0) return order < 0;
    }
    return floats[(a + COMING) >> 1]! < floats[(b + COMING) >> 1]!;
  }

  #ask(compare: (a: unknown, b: unknown) => number, a: unknown, b: unknown): number {
    this.#ordering = true;
    try {
      const order = compare(a, b);
      if (typeof order === "number" && !Number.isNaN(order)) return order;
      throw new TypeError(
        `Cannot order items: compare gave ${
          show(order)
        }; return a number, below 0 if the first comes first`,
      );
    } finally {
      this.#ordering = false;
    }
  }

  /** Refuses to be used by its own order, which has the latch already. */
  #checkFree(): void {
    if (!this.#ordering) return;
    throw new InvalidStateError(
      "Cannot use the PriorityQueue in its own compare: compare without putting or getting",
    );
  }

  #count(items: number): void {
    takeSide(this.#at + Q.get);
    leaveSide(this.#at + Q.get, items, this.#at + Q.room);
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
export function finalizePile(at: number): void {
  new Pile(at, { key: () => 0, compare: null, last: true }).clear();
  free(load(at + Q.store), load(at + Q.cells) * ENTRY);
}
