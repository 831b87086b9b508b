/**
 * A place in shared memory for one small message: a thread that looks has it in a tenth of the time that the platform's port takes.
 *
 *     number │ value          number: the how many'th message of its sender lies there; 0: none
 *     value:  tag and size, what it takes        an array: its elements follow
 *
 * Only an array of numbers, constants and short strings has a place here, and one of arrays of such.
 */
import { floatView, load, store, wordView } from "../../shared/memory/words.ts";

/** How many words a cell takes. */
export const CELL = 60;

const Tag = {
  int: 0,
  float: 1,
  string: 2,
  array: 3,
  undefined: 4,
  null: 5,
  false: 6,
  true: 7,
} as const;
const TAG_BITS = 3;
/** The most characters of a string. */
const LONGEST = 24;
/** What is returned where there is no place. */
const NO_PLACE = -1;

/** See the head of this file. */
export class MessageCell {
  /** The address of its number. */
  readonly at: number;
  /** How deep arrays may stand in a message. */
  readonly #depth: number;
  /** Where the next value is read. */
  #next = 0;

  /**
   * @param at where {@link CELL} words stand that are zero.
   * @param depth how deep arrays may stand in a message; what they have beside their elements would be lost.
   */
  constructor(at: number, depth: number) {
    this.at = at;
    this.#depth = depth;
  }

  /** Lays a message down, the sender's `number`th; `false` if one lies there, or it has no place. */
  put(message: unknown[], number: number): boolean {
    if (number === 0 || load(this.at) !== 0) return false;
    if (this.#write(message, this.at + 1, 0) === NO_PLACE) return false;
    store(this.at, number);
    return true;
  }

  /** Takes the message that lies there. */
  take(): unknown[] | undefined {
    if (load(this.at) === 0) return undefined;
    this.#next = this.at + 1;
    const message = this.#read() as unknown[];
    store(this.at, 0);
    return message;
  }

  /** Writes a value at `at`, and returns where the next one goes. */
  #write(value: unknown, at: number, depth: number): number {
    const words = wordView();
    const end = this.at + CELL;
    if (at >= end) return NO_PLACE;
    switch (typeof value) {
      case "number": {
        if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
          if (at + 2 > end) return NO_PLACE;
          words[at] = Tag.int;
          words[at + 1] = value;
          return at + 2;
        }
        const float = (at + 2) & ~1; // even: that is where a float can stand
        if (float + 2 > end) return NO_PLACE;
        words[at] = Tag.float;
        floatView()[float / 2] = value;
        return float + 2;
      }
      case "boolean":
        words[at] = value ? Tag.true : Tag.false;
        return at + 1;
      case "undefined":
        words[at] = Tag.undefined;
        return at + 1;
      case "string": {
        const { length } = value;
        if (length > LONGEST || at + 1 + length > end) return NO_PLACE;
        words[at] = Tag.string | length << TAG_BITS;
        for (let i = 0; i < length; i++) words[at + 1 + i] = value.charCodeAt(i);
        return at + 1 + length;
      }
      case "object": {
        if (value === null) {
          words[at] = Tag.null;
          return at + 1;
        }
        if (depth > this.#depth || !Array.isArray(value) || value.length > CELL) return NO_PLACE;
        words[at] = Tag.array | value.length << TAG_BITS;
        let next = at + 1;
        for (let i = 0; i < value.length && next !== NO_PLACE; i++) {
          next = this.#write(value[i], next, depth + 1);
        }
        return next;
      }
      default:
        return NO_PLACE;
    }
  }

  #read(): unknown {
    const words = wordView();
    const at = this.#next++;
    const size = words[at]! >> TAG_BITS;
    switch (words[at]! & (2 ** TAG_BITS - 1)) {
      case Tag.int:
        return words[this.#next++];
      case Tag.float: {
        const float = (at + 2) & ~1;
        this.#next = float + 2;
        return floatView()[float / 2];
      }
      case Tag.string: {
        this.#next += size;
        return String.fromCharCode(...words.subarray(at + 1, at + 1 + size));
      }
      case Tag.array: {
        const array: unknown[] = [];
        for (let i = 0; i < size; i++) array.push(this.#read());
        return array;
      }
      case Tag.undefined:
        return undefined;
      case Tag.null:
        return null;
      default:
        return (words[at]! & 1) === 1;
    }
  }
}
