/**
 * What a child notes before it begins a call, in a file that its parent can read although the child is busy or dead.
 *
 *     child                                       parent
 *     appends "I begin 7; 6 ended with …"         appends "I take 8, 9 back"
 *     reads what the parent has appended          reads what the child has appended
 *     begins 7, unless it was taken back          8 is its own again, unless the child has noted it
 *
 * - Each side first writes and then reads, and a read of a file returns what was written before. So of a child
 *   that begins a call and a parent that takes it back at the same moment at least one sees the other: never do
 *   both have it. When both see each other the child steps back and says so, and the call is the parent's.
 * - An outcome that is not sent yet stands here before the next call begins. So when the child is killed, only
 *   what it was doing is lost: what had ended is known, and what had not begun can run elsewhere.
 * - The file only grows while the child has calls, so that whatever its length covers is whole. The parent empties
 *   it when the child has none.
 *
 * A note is a line of JSON, `[call]` or `[call, id, code, value, ms, …]`: a microsecond, of which most is the write.
 */
import { jsonOf } from "../../wire/codec/bytes.ts";
import type { Claims, Note, Offers } from "../../wire/rpc/slot_table.ts";

/** An outcome of which the note is longer is sent at once instead, in characters. */
const LONGEST_NOTE = 2_048;

/** A child that notes more than this does not mean well, and what is longer is no text of a message, in characters. */
const LONGEST_TEXT = 64 * 1024 * 1024;

/** After so many calls the file is emptied, as soon as the child has none. */
const CALLS_UNTIL_EMPTIED = 10_000;

/** The child's end. */
export class JournalWriter implements Claims {
  /** Has what the parent appended delivered, so that {@link JournalWriter.revoke} is called. */
  look: () => void = () => {};
  readonly #file: Deno.FsFile;
  readonly #revoked = new Set<number>();
  #noted = "";
  #latest = -1;
  #isLooking = false;
  #bytes = new Uint8Array(4_096);
  isBroken = false;

  constructor(path: string) {
    this.#file = Deno.openSync(path, { append: true });
  }

  take(call: number): boolean {
    this.#latest = call;
    if (this.#revoked.delete(call)) return false;
    if (this.isBroken || !this.#append(`[${call}${this.#noted}]\n`)) return false;
    this.#noted = "";
    this.#isLooking = true;
    this.look();
    this.#isLooking = false;
    return !this.#revoked.delete(call);
  }

  note(id: number, code: number, value: unknown, ms: number): Note | null {
    const json = jsonOf(value);
    if (json === null || json.length > LONGEST_TEXT) return null; // there are longest strings
    const text = `,${id},${code},${json},${Math.round(ms * 1_000) / 1_000}`;
    const isKept = json.length <= LONGEST_NOTE;
    if (isKept) this.#noted += text;
    return { text, isKept };
  }

  sent(): void {
    this.#noted = "";
  }

  /** The parent has taken these calls back; those that have begun go on. */
  revoke(calls: readonly number[]): void {
    for (const call of calls) {
      if (call > this.#latest || (call === this.#latest && this.#isLooking)) {
        this.#revoked.add(call);
      }
    }
  }

  close(): void {
    this.#file.close();
  }

  /** Returns whether it stands there: a disk may be full. */
  #append(text: string): boolean {
    if (this.#bytes.length < text.length * 3) this.#bytes = new Uint8Array(text.length * 4);
    const { written } = encoder.encodeInto(text, this.#bytes);
    try {
      for (let at = 0; at < written;) at += this.#file.writeSync(this.#bytes.subarray(at, written));
    } catch (error) {
      this.isBroken = true;
      console.error("Cannot note what this process begins, so it gets one call at a time:", error);
    }
    return !this.isBroken;
  }
}

const encoder = new TextEncoder();

/** The parent's end. */
export class JournalReader implements Offers {
  readonly #file: Deno.FsFile;
  readonly #decoder = new TextDecoder();
  readonly #chunk = new Uint8Array(65_536);
  /** What was read and not parsed. */
  #text = "";
  #latest = -1;
  /** The last call after whose note the child has surely looked for what is urgent: it has noted another one since. */
  #lookedAfter = -1;
  #offered = -1;
  /** How many calls it has been used for since it was emptied, and how many of them have not ended. */
  #used = 0;
  #left = 0;
  /** What stands there cannot be read; so every call may have begun. */
  #broken = false;
  isClosed = false;
  #isOpen = true;
  /** Tells the child which calls are taken back, and returns whether it can; `null` once the line is closed. */
  tell: ((calls: readonly number[]) => boolean) | null = null;

  constructor(path: string) {
    this.#file = Deno.openSync(path, { read: true, write: true, createNew: true, mode: 0o600 });
  }

  get isFull(): boolean {
    return this.#used >= CALLS_UNTIL_EMPTIED && this.#left > 0;
  }

  offer(call: number): number {
    if (this.#broken || this.isClosed || this.isFull) return -1;
    if (this.#used >= CALLS_UNTIL_EMPTIED) this.#empty();
    this.#used++;
    this.#left++;
    this.#offered = call;
    return call;
  }

  revoke(calls: readonly number[]): number[] {
    const open = calls.filter((call) => call >= 0 && !this.begun(call));
    if (open.length === 0) return open;
    if (this.tell !== null && !this.tell(open)) return [];
    return open.filter((call) => !this.begun(call));
  }

  begun(call: number): boolean {
    this.#read();
    return this.#broken || call <= this.#latest;
  }

  free(): void {
    this.#left--;
  }

  /** The call that was offered last; -1: none. */
  get offered(): number {
    return this.#offered;
  }

  /** Whether the child has surely looked for what is urgent since it got a call that was offered after `call`. */
  hasLookedSince(call: number): boolean {
    this.#read();
    return this.#lookedAfter > call;
  }

  noted(isOpen: (id: number) => boolean): unknown[] {
    this.#read();
    const text = this.#text;
    let end = text.lastIndexOf("\n");
    this.#text = text.slice(end + 1);
    const found: unknown[][] = [];
    // The last first: what is noted before something that was sent has been sent too.
    while (end > 0 && !this.#broken) {
      const start = text.lastIndexOf("\n", end - 1) + 1;
      const outcomes = this.#parse(text.slice(start, end));
      if (outcomes.length > 0 && !isOpen(outcomes[0] as number)) break;
      found.push(outcomes);
      end = start - 1;
    }
    return found.reverse().flat();
  }

  close(): void {
    this.isClosed = true;
    this.#isOpen = false;
    this.tell = null;
    this.#file.close();
  }

  #empty(): void {
    this.#file.truncateSync(0);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.#text = "";
    this.#used = 0;
  }

  /** Reads what is new; looks only at the last two lines of it. */
  #read(): void {
    if (!this.#isOpen || this.#broken) return;
    let any = false;
    for (;;) {
      const read = this.#file.readSync(this.#chunk);
      if (read === null || read === 0) break;
      any = true;
      this.#text += this.#decoder.decode(this.#chunk.subarray(0, read), { stream: true });
      if (this.#text.length > LONGEST_TEXT) return this.#break();
    }
    const end = any ? this.#text.lastIndexOf("\n") : -1;
    if (end < 0) return;
    const call = this.#callBefore(end);
    if (Number.isNaN(call)) return this.#break();
    if (call <= this.#latest) return;
    const before = this.#text.lastIndexOf("\n", end - 1);
    this.#lookedAfter = Math.max(this.#latest, before > 0 ? this.#callBefore(before) || -1 : -1);
    this.#latest = call;
  }

  /** The call of the line that ends at `end`. */
  #callBefore(end: number): number {
    return Number.parseInt(this.#text.slice(this.#text.lastIndexOf("\n", end - 1) + 2, end));
  }

  #parse(line: string): unknown[] {
    try {
      return (JSON.parse(line) as unknown[]).slice(1);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
      this.#break();
      return [];
    }
  }

  #break(): void {
    this.#broken = true;
    this.#text = "";
  }
}
