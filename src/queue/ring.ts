/**
 * First in, first out: the items of a queue in a ring of cells that both sides work on at the same time.
 *
 *     cell (8 bytes)            int       form, value
 *                               constant  form, number in the list
 *                               float     form, –  then a cell with the value
 *                               bytes     form, length  then cells with the bytes
 *                               skip      form, cells  to the end of the ring: the item begins at its start
 *
 * - Puts have a side of their own and so have gets: with one thread on each side, none
 *   ever waits for the other but for room or for items.
 * - Positions count on forever (modulo 2^32); what they address is their place in the ring.
 * - A side looks at the other's progress only when what it knows of it does not suffice.
 * - When there is no room the ring is made twice as large, in other memory, with both sides taken.
 */
import { allocate, free } from "../shared/memory/heap.ts";
import { add, byteView, floatView, load, reach, store, wordView } from "../shared/memory/words.ts";
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
import { ahead, countOf, leaveSide, noteDone, ONE, Q, takeSide, wakeNext } from "./queue_words.ts";
import { FULL, NONE, PUT, SHUT, type Store } from "./store.ts";

const FIRST_CELLS = 256;
const LARGEST = 2 ** 27;
/** Copying fewer bytes than this goes faster one by one. */
const FEW = 96;

/** The ring of one queue, seen from one thread. */
export class Ring implements Store {
  readonly #at: number;
  #words: Int32Array;
  #ring = 0;
  #mask = 0;
  #copy: Uint8Array = new Uint8Array(1024);

  constructor(at: number) {
    this.#at = at;
    this.#words = wordView();
  }

  /** Fills in a fresh control block. */
  static build(at: number): void {
    store(at + Q.store, allocate(FIRST_CELLS * 2));
    store(at + Q.cells, FIRST_CELLS);
  }

  put(value: unknown): typeof PUT | typeof FULL | typeof SHUT | Written {
    if (isInt(value)) return this.#putCell(Form.int, value);
    if (typeof value === "number") return this.#putFloat(value);
    const constant = typeof value === "object" && value !== null ? -1 : CONSTANTS.indexOf(value);
    if (constant >= 0) return this.#putCell(Form.constant, constant);
    if (this.#looksFull()) return FULL;
    const written = writeItem(value);
    const how = this.putWritten(written);
    return how === FULL ? lasting(written) : how;
  }

  write(value: unknown): Written | null {
    return typeof value === "object" && value !== null ? lasting(writeItem(value)) : null;
  }

  putWritten({ form, bytes, length }: Written): typeof PUT | typeof FULL | typeof SHUT {
    const cells = 1 + ((length + 7) >>> 3);
    const refused = this.#begin(cells);
    if (refused !== PUT) return refused;
    const cell = this.#claim(cells);
    this.#words[cell] = form;
    this.#words[cell + 1] = length;
    const start = (cell + 2) * 4;
    const target = byteView();
    if (length > FEW) {
      target.set(length === bytes.length ? bytes : bytes.subarray(0, length), start);
    } else for (let i = 0; i < length; i++) target[start + i] = bytes[i]!;
    leaveSide(this.#at + Q.put, 1, this.#at + Q.items);
    return PUT;
  }

  take(): unknown {
    const at = this.#at;
    const words = this.#words;
    const got = countOf(takeSide(at + Q.get));
    if (got === words[at + Q.knownPut]) {
      const put = countOf(load(at + Q.put));
      if (got === put) {
        leaveSide(at + Q.get, 0, at + Q.room);
        return NONE;
      }
      words[at + Q.knownPut] = put;
    }
    if (words[at + Q.store] !== this.#ring) this.#look();
    const head = words[at + Q.head]!;
    const cell = this.#ring + ((head & this.#mask) << 1);
    const form = this.#words[cell]!;
    const value = this.#words[cell + 1]!;
    if (form === Form.int || form === Form.constant) {
      words[at + Q.head] = head + 1;
      leaveSide(at + Q.get, 1, at + Q.room);
      return form === Form.int ? value : CONSTANTS[value];
    }
    return this.#takeLarger(form, value, cell, head);
  }

  putBack(value: unknown): void {
    const at = this.#at;
    const form = isInt(value)
      ? Form.int
      : typeof value === "number"
      ? Form.float
      : CONSTANTS.includes(value)
      ? Form.constant
      : Form.bytes;
    const written = form === Form.bytes ? writeItem(value) : null;
    takeSide(at + Q.put);
    takeSide(at + Q.get);
    const discards = load(at + Q.shut) === 2;
    try {
      if (!discards) this.#prepend(value, written, form);
    } finally {
      leaveSide(at + Q.get, 0, at + Q.room);
      leaveSide(at + Q.put, 0, at + Q.items);
    }
    if (!discards) return wakeNext(at + Q.items);
    if (written !== null) discardItem(written.form, written.bytes);
    noteDone(at + Q.done, 1);
    unpark(at + Q.done);
  }

  clear(): void {
    const at = this.#at;
    takeSide(at + Q.put);
    takeSide(at + Q.get);
    const put = countOf(load(at + Q.put));
    const left = ahead(put, countOf(load(at + Q.get)));
    this.#look();
    const lost: [number, Uint8Array][] = [];
    let head = this.#words[at + Q.head]!;
    for (let i = 0; i < left; i++) {
      let cell = this.#ring + ((head & this.#mask) << 1);
      if (this.#words[cell] === Form.skip) {
        head += this.#words[cell + 1]!;
        cell = this.#ring + ((head & this.#mask) << 1);
      }
      const form = this.#words[cell]!;
      const length = this.#words[cell + 1]!;
      if (form === Form.packed) {
        lost.push([form, byteView().slice((cell + 2) * 4, (cell + 2) * 4 + length)]);
      }
      head += cellsOf(form, length);
    }
    store(at + Q.head, head);
    store(at + Q.knownPut, put);
    noteDone(at + Q.done, left);
    leaveSide(at + Q.get, left, at + Q.room);
    leaveSide(at + Q.put, 0, at + Q.items);
    for (const [form, bytes] of lost) discardItem(form, bytes);
  }

  /** Writes an item before the first one, with both sides taken. */
  #prepend(value: unknown, written: Written | null, form: number): void {
    const at = this.#at;
    const cells = written !== null ? cellsOf(written.form, written.length) : cellsOf(form, 0);
    this.#look();
    const used = (this.#words[at + Q.tail]! - this.#words[at + Q.head]!) | 0;
    // Twice, for what is skipped between it and the end of the ring.
    if (used + 2 * cells > this.#mask + 1) {
      this.#grow(this.#words[at + Q.head]!, used, used + 2 * cells);
    }
    const words = this.#words;
    let head = words[at + Q.head]!;
    const place = head & this.#mask;
    if (place < cells && place > 0) {
      // It does not go round the end: the cells before the one that was first are skipped after it.
      words[this.#ring] = Form.skip;
      words[this.#ring + 1] = place;
      head -= place;
    }
    head -= cells;
    const cell = this.#ring + ((head & this.#mask) << 1);
    words[cell] = written?.form ?? form;
    if (written !== null) {
      words[cell + 1] = written.length;
      byteView().set(written.bytes.subarray(0, written.length), (cell + 2) * 4);
    } else if (form === Form.float) floatView()[(cell >> 1) + 1] = value as number;
    else words[cell + 1] = form === Form.int ? value as number : CONSTANTS.indexOf(value);
    words[at + Q.head] = head;
    words[at + Q.knownHead] = head;
    words[at + Q.knownGot] = countOf(add(at + Q.get, -ONE) - ONE);
  }

  #takeLarger(form: number, value: number, cell: number, head: number): unknown {
    const at = this.#at;
    if (form === Form.skip) {
      head += value;
      cell = this.#ring + ((head & this.#mask) << 1);
      form = this.#words[cell]!;
      value = this.#words[cell + 1]!;
    }
    const words = this.#words;
    let result: unknown;
    let bytes: Uint8Array | null = null;
    if (form === Form.float) result = floatView()[(cell >> 1) + 1]!;
    else if (form === Form.int) result = value;
    else if (form === Form.constant) result = CONSTANTS[value];
    else bytes = this.#copyOut((cell + 2) * 4, value);
    words[at + Q.head] = head + cellsOf(form, value);
    leaveSide(at + Q.get, 1, at + Q.room);
    return bytes === null ? result : readItem(form, bytes);
  }

  /** Copied first, so that the side is not kept while the item is made. */
  #copyOut(start: number, length: number): Uint8Array {
    const source = byteView();
    if (length > this.#copy.length) return source.slice(start, start + length);
    const copy = this.#copy;
    if (length > FEW) copy.set(source.subarray(start, start + length));
    else for (let i = 0; i < length; i++) copy[i] = source[start + i]!;
    return copy;
  }

  #putCell(form: number, value: number): typeof PUT | typeof FULL | typeof SHUT {
    const refused = this.#begin(1);
    if (refused !== PUT) return refused;
    const at = this.#at;
    const words = this.#words;
    const tail = words[at + Q.tail]!;
    const cell = this.#ring + ((tail & this.#mask) << 1);
    words[cell] = form;
    words[cell + 1] = value;
    words[at + Q.tail] = tail + 1;
    leaveSide(at + Q.put, 1, at + Q.items);
    return PUT;
  }

  #putFloat(value: number): typeof PUT | typeof FULL | typeof SHUT {
    const refused = this.#begin(2);
    if (refused !== PUT) return refused;
    const cell = this.#claim(2);
    this.#words[cell] = Form.float;
    floatView()[(cell >> 1) + 1] = value;
    leaveSide(this.#at + Q.put, 1, this.#at + Q.items);
    return PUT;
  }

  /** Takes the putting side and makes sure of room for `cells`; gives the side back if it may not put. */
  #begin(cells: number): typeof PUT | typeof FULL | typeof SHUT {
    const at = this.#at;
    const word = takeSide(at + Q.put);
    const words = this.#words;
    let refused: typeof FULL | typeof SHUT | null = null;
    if (words[at + Q.shut] !== 0) refused = SHUT;
    else if (words[at + Q.maxsize]! > 0 && this.#isFull(countOf(word))) refused = FULL;
    if (refused !== null) {
      leaveSide(at + Q.put, 0, at + Q.items);
      return refused;
    }
    if (words[at + Q.store] !== this.#ring) this.#look();
    // Twice, for what may be skipped at the end of the ring.
    const needed = cells === 1 ? 1 : 2 * cells;
    if (((words[at + Q.tail]! - words[at + Q.knownHead]!) | 0) + needed > this.#mask + 1) {
      try {
        this.#makeRoom(needed);
      } catch (error) {
        leaveSide(at + Q.put, 0, at + Q.items);
        throw error;
      }
    }
    return PUT;
  }

  #isFull(put: number): boolean {
    const words = this.#words;
    const maxsize = words[this.#at + Q.maxsize]!;
    if (ahead(put, words[this.#at + Q.knownGot]!) < maxsize) return false;
    const got = countOf(load(this.#at + Q.get));
    words[this.#at + Q.knownGot] = got;
    return ahead(put, got) >= maxsize;
  }

  #looksFull(): boolean {
    const at = this.#at;
    const maxsize = load(at + Q.maxsize);
    return maxsize > 0 && load(at + Q.shut) === 0 &&
      ahead(countOf(load(at + Q.put)), countOf(load(at + Q.get))) >= maxsize;
  }

  /** The cell of an item of `cells` cells that do not go round the end. */
  #claim(cells: number): number {
    const words = this.#words;
    let tail = words[this.#at + Q.tail]!;
    const place = tail & this.#mask;
    if (place + cells > this.#mask + 1) {
      const left = this.#mask + 1 - place;
      words[this.#ring + (place << 1)] = Form.skip;
      words[this.#ring + (place << 1) + 1] = left;
      tail += left;
    }
    words[this.#at + Q.tail] = tail + cells;
    return this.#ring + ((tail & this.#mask) << 1);
  }

  /** Looks how far the others have got; if that is not far enough, makes the ring larger. */
  #makeRoom(needed: number): void {
    const at = this.#at;
    takeSide(at + Q.get);
    try {
      const words = this.#words;
      const head = words[at + Q.head]!;
      const used = (words[at + Q.tail]! - head) | 0;
      words[at + Q.knownHead] = head;
      if (used + needed > this.#mask + 1) this.#grow(head, used, used + needed);
    } finally {
      leaveSide(at + Q.get, 0, at + Q.room);
    }
  }

  #grow(head: number, used: number, needed: number): void {
    const at = this.#at;
    let cells = this.#mask + 1;
    const before = cells;
    while (cells < needed + (used >> 1)) cells *= 2;
    if (cells > LARGEST) {
      throw new RangeError(
        `Cannot put an item that needs ${8 * (needed - used)} bytes: the queue has ${
          8 * used
        } bytes of items, and room for ${
          LARGEST * 8
        } at most; bound it with a maxsize, or put less at once`,
      );
    }
    const ring = allocate(cells * 2);
    const words = wordView();
    const start = head & this.#mask;
    const first = Math.min(used, before - start);
    words.copyWithin(ring, this.#ring + start * 2, this.#ring + (start + first) * 2);
    words.copyWithin(ring + first * 2, this.#ring, this.#ring + (used - first) * 2);
    free(this.#ring, before * 2);
    words[at + Q.store] = ring;
    words[at + Q.cells] = cells;
    words[at + Q.head] = 0;
    words[at + Q.knownHead] = 0;
    words[at + Q.tail] = used;
    this.#look();
  }

  #look(): void {
    this.#ring = load(this.#at + Q.store);
    this.#mask = load(this.#at + Q.cells) - 1;
    reach(this.#ring + (this.#mask + 1) * 2);
    this.#words = wordView();
  }
}

/** Gives back the ring of a queue that nobody knows any more, and what is in it. */
export function finalizeRing(at: number): void {
  const ring = new Ring(at);
  ring.clear();
  free(load(at + Q.store), load(at + Q.cells) * 2);
}

function cellsOf(form: number, length: number): number {
  if (form === Form.float) return 2;
  return form === Form.bytes || form === Form.packed ? 1 + ((length + 7) >>> 3) : 1;
}
