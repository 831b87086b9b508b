/**
 * What travels between two messengers: records, each as its length in four bytes and then JSON in UTF-8.
 *
 *     the one that dials        the one that is dialled
 *     hello {name, run} ──────▶
 *             ◀────── welcome {name, run, door}      or  cut {why}
 *     and then, from the one that sends to the one that receives:
 *     say {seq, text, last} ──▶ ◀────── got {seq}    all up to seq have been shown
 *     ping ──────▶              ◀────── got {seq}    still there
 *     bye ──────▶                                    leaves on purpose
 *                               ◀────── cut {why}    garbage or a flood: the end
 */

/** Where a peer's own messages are fetched, and the word that opens it. */
export interface Door {
  readonly hostname: string;
  readonly port: number;
  readonly key: string;
}

export type Frame =
  | { readonly type: "hello"; readonly name: string; readonly run: string; readonly key?: string }
  | { readonly type: "welcome"; readonly name: string; readonly run: string; readonly door?: Door }
  | {
    readonly type: "say";
    readonly seq: number;
    readonly text: string;
    /** Whether the line ends with this piece. */
    readonly last: boolean;
  }
  | { readonly type: "got"; readonly seq: number }
  | { readonly type: "ping" }
  | { readonly type: "bye" }
  | { readonly type: "cut"; readonly why: string };

/** The longest frame; a line may be longer, since it travels in pieces. */
export const LONGEST_FRAME = 65_536;
/** The longest piece of a line, in UTF-16 units: even if JSON escapes each of them it fits a frame. */
export const LONGEST_PIECE = 8_192;
/** The longest line that a receiver keeps: a line without an end would fill its memory. */
export const LONGEST_LINE = 2 ** 26;
/** How many pieces may be on their way without a receipt. */
export const WINDOW = 64;
/** How many receipts a second a receiver gives at most: who sends more than is receipted floods it. */
export const RECEIPTS_PER_SECOND = 500;

/** What is not of this protocol. */
export class GarbageError extends Error {
  override readonly name = "GarbageError";
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** A frame as bytes. */
export function encode(frame: Frame): Uint8Array<ArrayBuffer> {
  const body = encoder.encode(JSON.stringify(frame));
  const bytes = new Uint8Array(4 + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(body, 4);
  return bytes;
}

/**
 * Reads frames from a connection until it ends.
 *
 * @throws {GarbageError} if what comes is not of this protocol.
 */
export async function* decode(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Frame, void, void> {
  let rest = new Uint8Array(0);
  for await (const chunk of stream) {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    let at = 0;
    while (bytes.length - at >= 4) {
      const length = new DataView(bytes.buffer, at).getUint32(0);
      if (length > LONGEST_FRAME) {
        throw new GarbageError(`a frame of ${length} bytes, at most ${LONGEST_FRAME} are allowed`);
      }
      if (bytes.length - at - 4 < length) break;
      yield parse(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    rest = bytes.slice(at);
  }
}

/** A line in pieces that each fit a frame; no character is cut in two. */
export function* pieces(line: string): Generator<{ text: string; last: boolean }, void, void> {
  let start = 0;
  do {
    let end = Math.min(line.length, start + LONGEST_PIECE);
    const unit = line.charCodeAt(end - 1);
    if (end < line.length && unit >= 0xd800 && unit < 0xdc00) end--;
    yield { text: line.slice(start, end), last: end === line.length };
    start = end;
  } while (start < line.length);
}

function parse(body: Uint8Array): Frame {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch (cause) {
    throw new GarbageError("a frame that is no JSON in UTF-8", { cause });
  }
  if (!isFrame(value)) throw new GarbageError("a frame of no known kind");
  return value;
}

function isFrame(value: unknown): value is Frame {
  if (typeof value !== "object" || value === null) return false;
  const { type, name, run, key, door, seq, text, last, why } = value as Record<string, unknown>;
  const isSeq = Number.isSafeInteger(seq) && (seq as number) >= 0;
  switch (type) {
    case "hello":
      return isName(name) && isName(run) && (key === undefined || isName(key));
    case "welcome":
      return isName(name) && isName(run) && (door === undefined || isDoor(door));
    case "say":
      return isSeq && typeof text === "string" && typeof last === "boolean";
    case "got":
      return isSeq;
    case "cut":
      return typeof why === "string";
    default:
      return type === "ping" || type === "bye";
  }
}

/** A name is short, and has nothing in it that would steer a terminal. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 64 &&
    !/\p{C}/u.test(value);
}

function isDoor(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { hostname, port, key } = value as Record<string, unknown>;
  return typeof hostname === "string" && isName(key) && Number.isInteger(port) &&
    (port as number) > 0 && (port as number) < 65_536;
}
