/**
 * What a child notes before it begins a call, in a file that its parent can read although the child is busy or dead.
 *
 *     child                                       parent
 *     appends "I begin 7; 6 ended with …"         appends "I take 8, 9 back" (urgent.ts)
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
import { jsonOf } from "../wire/bytes.ts";
import type { Claims, Offers } from "../wire/slot_table.ts";

/** An outcome of which the note is longer is sent at once instead, in characters. */
const LONGEST_NOTE = 2_048;

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

  note(id: number, code: number, value: unknown, ms: number): boolean {
    const text = jsonOf(value);
    if (text === null || text.length > LONGEST_NOTE) return false;
    this.#noted += `,${id},${code},${text},${ms}`;
    return true;
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

  /** Answers whether it stands there: a disk may be full. */
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
  readonly #chunk = new Uint8Array(16_384);
  /** The beginning of a line whose end was not there yet. */
  #open = "";
  #latest = -1;
  #outcomes: unknown[] = [];
  /** How many calls it has been used for since it was emptied, and how many of them have not ended. */
  #used = 0;
  #left = 0;
  /** What stands there cannot be read; so every call may have begun. */
  #broken = false;
  isClosed = false;
  #isOpen = true;
  /** Tells the child which calls are taken back; `null` once it is dead. */
  tell: ((calls: readonly number[]) => void) | null = null;

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
    return call;
  }

  revoke(calls: readonly number[]): number[] {
    const open = calls.filter((call) => call >= 0 && !this.begun(call));
    if (open.length === 0) return open;
    this.tell?.(open);
    return open.filter((call) => !this.begun(call));
  }

  begun(call: number): boolean {
    this.#read();
    return this.#broken || call <= this.#latest;
  }

  free(): void {
    this.#left--;
  }

  noted(): unknown[] {
    this.#read();
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    return outcomes;
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
    this.#outcomes = [];
    this.#used = 0;
  }

  #read(): void {
    while (this.#isOpen && !this.#broken) {
      const read = this.#file.readSync(this.#chunk);
      if (read === null || read === 0) return;
      const text = this.#open +
        this.#decoder.decode(this.#chunk.subarray(0, read), { stream: true });
      const lines = text.split("\n");
      this.#open = lines.pop()!;
      if (this.#open.length > this.#chunk.length * 64) this.#broken = true;
      for (const line of lines) this.#take(line);
    }
  }

  #take(line: string): void {
    try {
      const [call, ...outcomes] = JSON.parse(line) as unknown[];
      if (!Number.isSafeInteger(call)) throw new TypeError("no number of a call");
      this.#latest = Math.max(this.#latest, call as number);
      for (const each of outcomes) this.#outcomes.push(each);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
      this.#broken = true;
    }
  }
}
