/** Reads items as `item_writer.ts` writes them. */
import { Tag, VIEWS } from "./item_writer.ts";

let decoder: TextDecoder | undefined;

const conversion = new DataView(new ArrayBuffer(8));

/** Strings that were read lately: names of fields come again and again. */
const RECENT = 1024;
const LONGEST_RECENT = 24;
const recent = new Array<string | undefined>(RECENT);

/** Reads one item at a time. */
export class ItemReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #objects: object[] = [];

  /** The item that begins at the start of `bytes`. */
  read(bytes: Uint8Array): unknown {
    this.#bytes = bytes;
    this.#at = 0;
    this.#objects.length = 0;
    return this.#value();
  }

  #value(): unknown {
    const tag = this.#bytes[this.#at++]!;
    switch (tag) {
      case Tag.undefined:
        return undefined;
      case Tag.null:
        return null;
      case Tag.false:
        return false;
      case Tag.true:
        return true;
      case Tag.byte:
        return this.#bytes[this.#at++];
      case Tag.int:
        return this.#int();
      case Tag.float:
        return this.#float();
      case Tag.latin:
        return this.#latin();
      case Tag.wide:
        return this.#wide();
      case Tag.utf8:
        return this.#utf8();
      case Tag.bigint:
        return fromHex(this.#string());
      case Tag.again:
        return this.#objects[this.#size()];
      case Tag.array:
        return this.#array();
      case Tag.object:
        return this.#object();
      case Tag.named:
        return this.#fields(this.#array() as never);
      default:
        return this.#special(tag);
    }
  }

  #array(): unknown[] {
    const length = this.#size();
    const array = this.#note(new Array<unknown>(length));
    for (let i = 0; i < length; i++) {
      if (this.#bytes[this.#at] === Tag.hole) this.#at++;
      else array[i] = this.#value();
    }
    return array;
  }

  #object(): Record<string, unknown> {
    return this.#fields(this.#note({} as Record<string, unknown>));
  }

  #fields(object: Record<string, unknown>): Record<string, unknown> {
    for (let left = this.#size(); left > 0; left--) {
      const name = this.#string();
      const value = this.#value();
      if (name === "__proto__") define(object, name, value);
      else object[name] = value;
    }
    return object;
  }

  #special(tag: number): unknown {
    switch (tag) {
      case Tag.date:
        return this.#note(new Date(this.#float()));
      case Tag.regexp: {
        const source = this.#string();
        return this.#note(new RegExp(source, this.#string()));
      }
      case Tag.map: {
        const map = this.#note(new Map<unknown, unknown>());
        for (let left = this.#size(); left > 0; left--) {
          const key = this.#value();
          map.set(key, this.#value());
        }
        return map;
      }
      case Tag.set: {
        const set = this.#note(new Set<unknown>());
        for (let left = this.#size(); left > 0; left--) set.add(this.#value());
        return set;
      }
      case Tag.buffer:
        return this.#note(this.#raw());
      case Tag.view: {
        const View = VIEWS[this.#size()] as new (buffer: ArrayBuffer) => ArrayBufferView;
        return this.#note(new View(this.#raw()));
      }
      case Tag.boxed: {
        const number = this.#objects.push({}) - 1;
        return this.#objects[number] = Object(this.#value());
      }
      default:
        throw new Error(`Cannot read an item of a queue: there is no tag ${tag}`);
    }
  }

  #string(): string {
    const tag = this.#bytes[this.#at++];
    if (tag === Tag.latin) return this.#latin();
    return tag === Tag.utf8 ? this.#utf8() : this.#wide();
  }

  #latin(): string {
    const length = this.#size();
    const start = this.#at;
    this.#at += length;
    if (length > LONGEST_RECENT) return fromCodes(this.#bytes.subarray(start, this.#at));
    const bytes = this.#bytes;
    let hash = length;
    for (let i = start; i < start + length; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const place = (hash ^ (hash >>> 10)) & (RECENT - 1);
    const known = recent[place];
    if (known !== undefined && known.length === length && same(known, bytes, start)) return known;
    return recent[place] = fromCodes(bytes.subarray(start, start + length));
  }

  #utf8(): string {
    const length = this.#int() >>> 0;
    const start = this.#at;
    this.#at += length;
    decoder ??= new TextDecoder("utf-8", { ignoreBOM: true }); // which keeps such a mark
    return decoder.decode(this.#bytes.subarray(start, this.#at));
  }

  #wide(): string {
    const length = this.#size();
    const codes = new Uint16Array(length);
    for (let i = 0; i < length; i++) {
      codes[i] = this.#bytes[this.#at]! | this.#bytes[this.#at + 1]! << 8;
      this.#at += 2;
    }
    return fromCodes(codes);
  }

  #raw(): ArrayBuffer {
    const length = this.#size();
    const start = this.#at;
    this.#at += length;
    return this.#bytes.slice(start, start + length).buffer as ArrayBuffer;
  }

  #size(): number {
    const first = this.#bytes[this.#at++]!;
    return first < 255 ? first : this.#int() >>> 0;
  }

  #int(): number {
    const bytes = this.#bytes;
    const at = this.#at;
    this.#at += 4;
    return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
  }

  #float(): number {
    for (let i = 0; i < 8; i++) conversion.setUint8(i, this.#bytes[this.#at++]!);
    return conversion.getFloat64(0, true);
  }

  #note<T extends object>(object: T): T {
    this.#objects.push(object);
    return object;
  }
}

function same(known: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < known.length; i++) {
    if (known.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

/** In pieces, since a call takes only so many arguments. */
function fromCodes(codes: Uint8Array | Uint16Array): string {
  if (codes.length <= 4096) return fromFew(codes);
  const pieces: string[] = [];
  for (let at = 0; at < codes.length; at += 4096) {
    pieces.push(fromFew(codes.subarray(at, at + 4096)));
  }
  return pieces.join("");
}

/** Applied, not spread: that is ten times as fast. */
function fromFew(codes: Uint8Array | Uint16Array): string {
  return String.fromCharCode.apply(null, codes as unknown as number[]);
}

function fromHex(text: string): bigint {
  return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}

/** A field of that name must not become the prototype. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
