/** The entries of a pile: items in a block of eight words each, their bytes in blocks of their own. */
import { allocate, free } from "../shared/memory/heap.ts";
import { byteView, reach, wordView } from "../shared/memory/words.ts";
import { CONSTANTS, Form, lookAtItem, type Written } from "./item_form.ts";

/** The words of an entry: form, value or address of the bytes, key (float), number of its coming (float). */
export const ENTRY = 8, FORM = 0, VALUE = 1, KEY = 2, COMING = 4;

/** Whether the form is kept as bytes. */
export function isBytes(form: number): boolean {
  return form === Form.bytes || form === Form.packed;
}

/** Keeps the bytes of an item in a block of their own, after their length. */
export function keepBytes({ bytes, length }: Written): number {
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

/** The bytes of an item, whose block is given back. */
export function takeBytes(block: number): Uint8Array {
  const bytes = readBytes(block);
  free(block, 1 + ((bytes.length + 3) >>> 2));
  return bytes;
}

/** Gives the block of an item back that is not put. */
export function freeBytes(block: number): void {
  free(block, 1 + ((wordView()[block]! + 3) >>> 2));
}

/** The item of an entry, which stays. */
export function peek(entry: number): unknown {
  const form = wordView()[entry + FORM]!;
  const value = wordView()[entry + VALUE]!;
  if (isBytes(form)) return lookAtItem(form, readBytes(value));
  return form === Form.int ? value : CONSTANTS[value];
}

/** An entry on its way. */
const moving = new Int32Array(ENTRY);

/** Moves the entry behind the last one up to `place`, and those on the way down by one. */
export function rise(entries: number, from: number, place: number): void {
  if (from === place) return;
  const words = wordView();
  const start = entries + from * ENTRY;
  for (let i = 0; i < ENTRY; i++) moving[i] = words[start + i]!;
  while (from !== place) {
    const parent = (from - 1) >> 1;
    copyEntry(words, entries + parent * ENTRY, entries + from * ENTRY);
    from = parent;
  }
  const end = entries + place * ENTRY;
  for (let i = 0; i < ENTRY; i++) words[end + i] = moving[i]!;
}

/** Puts the last entry at `place`, and those on the way there from the first up by one: the first is gone. */
export function sink(entries: number, last: number, place: number): void {
  const words = wordView();
  const start = entries + last * ENTRY;
  for (let i = 0; i < ENTRY; i++) moving[i] = words[start + i]!;
  // Downwards, so that each is copied before it is written over: the bits of `place + 1` below the highest say
  // at each step which of the two below lies on the way.
  let at = 0;
  for (let bit = 30 - Math.clz32(place + 1); bit >= 0; bit--) {
    const next = 2 * at + 1 + ((place + 1) >> bit & 1);
    copyEntry(words, entries + next * ENTRY, entries + at * ENTRY);
    at = next;
  }
  const end = entries + place * ENTRY;
  for (let i = 0; i < ENTRY; i++) words[end + i] = moving[i]!;
}

function copyEntry(words: Int32Array, from: number, to: number): void {
  for (let i = 0; i < ENTRY; i++) words[to + i] = words[from + i]!;
}
