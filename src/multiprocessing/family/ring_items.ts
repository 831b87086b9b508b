/** How an item stands in a ring (`ring.ts`). */
import { TransferError } from "../../core/errors.ts";
import { Form, type Item } from "./item.ts";
import { BIG, LARGEST } from "./ring_layout.ts";
import { copyBytes, type Words } from "./words.ts";

/** The bytes of the item that was read last. */
const scratch = new Uint8Array(LARGEST);
const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** How many bytes it counts where bytes are bounded. */
export function weightOf({ bytes, length }: Item): number {
  return bytes === null ? 8 : length;
}

/** Whether it is too big for a segment, and has pages of its own. */
function isBig({ bytes, length }: Item): boolean {
  return bytes !== null && length > LARGEST;
}

/** How many words it takes in a segment. */
export function sizeOf(item: Item): number {
  if (item.bytes !== null) return isBig(item) ? 3 : 1 + Math.ceil(item.length / 4);
  return item.form === Form.constant ? 1 : item.form === Form.float ? 3 : 2;
}

/** How many words its pages take; 0: it has none. */
export function pageWordsOf(item: Item): number {
  return isBig(item) ? Math.ceil(item.length / 4) : 0;
}

/** The item at `at`. It is good until the next one is read: see `lasting()`. */
export function readItem(words: Words, at: number): Item {
  const { words: w, bytes: all } = words;
  const head = w[at]!;
  const form = head & 7, length = head >>> 4;
  if ((head & BIG) !== 0) {
    const pages = w[at + 1]! * 4, count = w[at + 2]!;
    checkWritten(count > LARGEST && words.has(pages / 4, Math.ceil(count / 4)));
    return { form, number: 0, bytes: all.slice(pages, pages + count), length: count };
  }
  if (form === Form.constant) return { form, number: length, bytes: null, length: 0 };
  if (form === Form.int || form === Form.posted) {
    return { form, number: w[at + 1]!, bytes: null, length: 0 };
  }
  if (form === Form.float) {
    halves[0] = w[at + 1]!;
    halves[1] = w[at + 2]!;
    return { form, number: double[0]!, bytes: null, length: 0 };
  }
  checkWritten(form >= Form.bytes && length <= LARGEST);
  const bytes = form === Form.raw ? new Uint8Array(length) : scratch;
  copyBytes(all, (at + 1) * 4, length, bytes, 0);
  return { form, number: 0, bytes, length };
}

/**
 * What stands in a ring was written by others: what makes no sense is not followed.
 *
 * @throws {TransferError} if it does not.
 */
export function checkWritten(makesSense: boolean): asserts makesSense {
  if (makesSense) return;
  throw new TransferError("Cannot read a ring of items: its memory was overwritten");
}

/** Writes it at `at`; `pages`: where its bytes go if it is big. */
export function writeItem(
  { words: w, bytes: all }: Words,
  at: number,
  item: Item,
  pages: number,
): void {
  const { form, number, bytes, length } = item;
  if (pages !== 0) {
    copyBytes(bytes!, 0, length, all, pages * 4);
    w[at] = form | BIG;
    w[at + 1] = pages;
    w[at + 2] = length;
  } else if (bytes !== null) {
    w[at] = length * 16 + form;
    copyBytes(bytes, 0, length, all, (at + 1) * 4);
  } else if (form === Form.constant) {
    w[at] = number * 16 + form;
  } else if (form === Form.float) {
    double[0] = number;
    w[at] = form;
    w[at + 1] = halves[0]!;
    w[at + 2] = halves[1]!;
  } else {
    w[at] = form;
    w[at + 1] = number;
  }
}
