/**
 * Messages as bytes, for pipes and sockets.
 *
 * | kind | body | for |
 * |---|---|---|
 * | 1 | JSON | what JSON carries faithfully, up to the length of a string: nearly every message, and ten times as fast |
 * | 2 | the platform's structured clone | everything else: maps, dates, bigints, cycles, holes, `undefined`, buffers |
 * | 3 | bytes | raw bytes, not decoded at all |
 *
 * Big buffers are left out of the body and travel as attachments of the frame. The measurement behind
 * the choice is `tests/bench/codec_bench.ts`; the platform's codec costs 5 ms to load, so it is loaded when the first
 * message needs it.
 */
import { TransferError } from "../../core/errors.ts";
import { type Frame, MAX_ATTACHMENTS, MAX_LENGTH } from "../frames/frame.ts";

type Structured = typeof import("node:v8");

/** How the body of a frame is to be read. */
export const Body = { JSON: 1, STRUCTURED: 2, RAW: 3 } as const;

/** A message as a frame takes it. */
export interface Packet {
  readonly kind: number;
  readonly body: Uint8Array;
  readonly attachments: readonly Uint8Array[];
}

/** From this size on a buffer travels on its own. */
const BIG = 16 * 1024;
/** Values that are nested deeper are left to the codec that expects it. */
const DEEP = 200;

const NONE: readonly Uint8Array[] = [];
const encoder = new TextEncoder();
const decoder = new TextDecoder();
let structured: Structured | null = null;

/** Loads the codec for what JSON cannot carry. */
export async function loadStructured(): Promise<void> {
  structured ??= (await import("node:v8")).default as Structured;
}

/**
 * The bytes of `message`; a promise only when the platform's codec is not loaded yet.
 *
 * A promise stands for the message as it is now, whatever is done to it later. Buffers of 16 KiB and more
 * are not copied: they are read when the packet is written.
 *
 * @throws {TransferError} if it holds what cannot cross.
 */
export function toPacket(message: unknown): Packet | Promise<Packet> {
  const text = jsonOf(message);
  return text === null ? toStructured(message) : packetOfJson(text);
}

/** As {@link toPacket}, of a message that is no JSON. */
export function toStructured(message: unknown): Packet | Promise<Packet> {
  if (structured !== null) return pack(structured, message);
  let copy: unknown;
  try {
    copy = structuredClone(message);
  } catch (error) {
    throw uncrossable(error);
  }
  return loadStructured().then(() => pack(structured as Structured, copy));
}

/** A packet of a message that is JSON already. */
export function packetOfJson(json: string): Packet {
  return { kind: Body.JSON, body: encoder.encode(json), attachments: NONE };
}

/** A value as JSON, if JSON brings it over unchanged and a string can be that long. */
export function jsonOf(value: unknown): string | null {
  return isJson(value, new Seen(), 0) ? toJson(value) : null;
}

/** As {@link jsonOf}, of a list that has no named fields, as the messages between processes have none. */
export function jsonOfList(list: readonly unknown[]): string | null {
  return areJson(list, new Seen(), 1) ? toJson(list) : null;
}

/** Whether JSON brings `value` over unchanged: then it is made of plain objects, lists and what cannot change. */
export function isPlain(value: unknown): boolean {
  return isJson(value, new Seen(), 0);
}

/** The message in a frame of that kind; a promise only when the platform's codec is not loaded yet. */
export function fromFrame(kind: number, frame: Omit<Frame, "kind">): unknown {
  switch (kind) {
    case Body.JSON:
      return JSON.parse(decoder.decode(frame.body));
    case Body.STRUCTURED: {
      if (structured !== null) return unpack(structured, frame.body, frame);
      const body = frame.body.slice();
      return loadStructured().then(() => unpack(structured as Structured, body, frame));
    }
    case Body.RAW:
      return frame.body.slice();
    default:
      throw new TypeError(`Cannot read a message of kind ${kind}: the other side is newer`);
  }
}

/** The message as JSON; `null` when that is longer than a string can be. */
function toJson(message: unknown): string | null {
  try {
    return JSON.stringify(message);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function pack(v8: Structured, message: unknown): Packet {
  const serializer = new v8.Serializer();
  const attachments = bigBuffers(message).map((buffer, index) => {
    serializer.transferArrayBuffer(index, buffer);
    return new Uint8Array(buffer);
  });
  serializer.writeHeader();
  try {
    serializer.writeValue(message);
  } catch (error) {
    throw uncrossable(error);
  }
  return { kind: Body.STRUCTURED, body: serializer.releaseBuffer(), attachments };
}

function unpack(v8: Structured, body: Uint8Array, frame: Omit<Frame, "kind">): unknown {
  const deserializer = new v8.Deserializer(body);
  deserializer.readHeader();
  frame.attachments.forEach((each, index) => {
    deserializer.transferArrayBuffer(index, each.buffer);
  });
  return deserializer.readValue();
}

function uncrossable(error: unknown): TransferError {
  const why = error instanceof Error ? error.message : String(error);
  return new TransferError(`Cannot send this value to another process: ${why}`, { cause: error });
}

/** Whether JSON brings `value` over unchanged: no shared parts, holes, `undefined`, special numbers or classes. */
function isJson(value: unknown, seen: Seen, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return isJsonNumber(value);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > DEEP || !seen.add(value)) return false;
  if (Array.isArray(value)) {
    if (!areJson(value, seen, depth + 1)) return false;
    // It may carry named fields, as a match does. The values are a copy; each of the keys would be a new string.
    return Object.values(value).length === value.length;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  if ("toJSON" in value) return false;
  for (const key of Object.keys(value)) {
    if (!isJson((value as Record<string, unknown>)[key], seen, depth + 1)) return false;
  }
  return true;
}

/** Whether JSON brings each of these over unchanged. Numbers are looked at here: a call for each takes three times as long. */
function areJson(items: readonly unknown[], seen: Seen, depth: number): boolean {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const isIt = typeof item === "number" ? isJsonNumber(item) : isJson(item, seen, depth);
    if (!isIt) return false;
  }
  return true;
}

function isJsonNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

/** The objects met so far: a list while they are few, which is faster. */
class Seen {
  readonly #few: object[] = [];
  #many: Set<object> | null = null;

  /** Notes an object; `false` if it was met before. */
  add(value: object): boolean {
    if (this.#many === null) {
      if (this.#few.includes(value)) return false;
      this.#few.push(value);
      if (this.#few.length > 12) this.#many = new Set(this.#few);
      return true;
    }
    if (this.#many.has(value)) return false;
    this.#many.add(value);
    return true;
  }
}

/** The big buffers in `value`, each once. */
function bigBuffers(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const seen = new Set<object>();
  const open: object[] = [];
  const look = (part: unknown): void => {
    if (typeof part !== "object" || part === null || seen.has(part)) return;
    seen.add(part);
    open.push(part);
  };
  look(value);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const buffer = ArrayBuffer.isView(next) ? next.buffer : next;
    if (buffer instanceof ArrayBuffer) {
      const big = buffer.byteLength >= BIG && buffer.byteLength <= MAX_LENGTH && !buffer.resizable;
      if (big && found.size < MAX_ATTACHMENTS) found.add(buffer);
    } else if (next instanceof Map) {
      for (const [key, item] of next) look(key), look(item);
    } else if (next instanceof Set || Array.isArray(next)) {
      for (const item of next) look(item);
    } else {
      for (const item of Object.values(next)) look(item);
      if (next instanceof Error) look(next.cause);
    }
  }
  return [...found];
}
