/**
 * What must reach a child that does not return to its event loop: records appended to a file.
 *
 * A socket cannot be read without waiting, a file can: reading at its end takes a microsecond. The file
 * loses its name as soon as both sides have it open, so nothing stays behind.
 *
 * What the child has read is dropped: it looks after each note of a call in its journal, so one that has noted two calls which were
 * offered after a record has read that. What comes then stands where it would have, behind a hole that takes no room.
 */
import { Op } from "../../wire/rpc/protocol.ts";
import { Body, fromFrame, toPacket } from "../../wire/codec/bytes.ts";
import { JournalReader, JournalWriter } from "./journal.ts";
import { Borrower, HAS_HOLES, Lender } from "./ledger.ts";

/** Records of more bytes than this are dropped if the child has read them. */
const DROPPED_FROM = 64 * 1024;
/** While there are more that it may not have read, what is urgent goes the ordinary way. */
const FULL = 1024 * 1024;
/** A length and a kind stand before each record. */
const HEADER = 5;
const NONE: unknown[] = [];

/** The file of the notes that come back; see `journal.ts`. */
export function journalOf(path: string): string {
  return `${path}.notes`;
}

/** The parent's end. */
export class ControlWriter {
  /** What the child notes. */
  readonly journal: JournalReader;
  /** By which items are lent to the child. */
  readonly lender: Lender;
  #isBroken = false;
  /** Where the records end, and from where on they are kept. */
  #end = 0;
  #keptFrom = 0;
  /** Which call had been offered last when the last record was written. */
  #offeredBefore = -1;
  readonly #file: Deno.FsFile;

  constructor(path: string) {
    using opened = new DisposableStack(); // closed again where the next one cannot be had
    this.journal = opened.adopt(new JournalReader(journalOf(path)), (journal) => journal.close());
    this.journal.tell = (calls) => this.put([Op.REVOKE, ...calls]);
    this.lender = opened.adopt(new Lender(path), (lender) => lender.end());
    this.#file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    opened.move();
  }

  /**
   * Appends a message; returns whether it stands there. One that JSON cannot carry, or any on a disk that is full or behind too much
   * that the child has not read, is left to the ordinary way.
   */
  put(message: unknown): boolean {
    if (this.#isBroken) return false;
    const packet = toPacket(message);
    if (packet instanceof Promise || packet.attachments.length > 0) return false;
    const record = new Uint8Array(HEADER + packet.body.length);
    const view = new DataView(record.buffer);
    view.setUint32(0, packet.body.length, true);
    view.setUint8(4, packet.kind);
    record.set(packet.body, HEADER);
    try {
      if (HAS_HOLES && this.#end - this.#keptFrom > DROPPED_FROM) this.#dropRead();
      if (this.#end - this.#keptFrom > FULL) return false;
      for (let at = 0; at < record.length;) at += this.#file.writeSync(record.subarray(at));
      this.#end += record.length;
      this.#offeredBefore = this.journal.offered;
    } catch (error) {
      this.#isBroken = true; // a part of the record may stand there
      console.error("Cannot reach a busy process any more, only one that listens:", error);
    }
    return !this.#isBroken;
  }

  #dropRead(): void {
    if (!this.journal.hasLookedSince(this.#offeredBefore)) return;
    this.#file.truncateSync(0);
    this.#keptFrom = this.#end;
  }

  close(): void {
    this.#file.close();
    this.journal.close();
    this.lender.end();
  }
}

/** The child's end. */
export class ControlReader {
  /** Where this side notes what it begins. */
  readonly journal: JournalWriter;
  /** By which items are lent to this side. */
  readonly borrower: Borrower;
  readonly #file: Deno.FsFile;
  #held: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #buffer = new Uint8Array(4096);

  constructor(path: string) {
    this.journal = new JournalWriter(journalOf(path));
    this.borrower = new Borrower(path);
    this.#file = Deno.openSync(path);
  }

  /** The messages that have come since the last call. */
  take(): unknown[] {
    if (!this.#fill()) return NONE;
    return [...this.#records()];
  }

  /** Returns whether there was more. */
  #fill(): boolean {
    for (let any = false;; any = true) {
      const read = this.#file.readSync(this.#buffer);
      if (read === null || read === 0) return any;
      const grown = new Uint8Array(this.#held.length + read);
      grown.set(this.#held);
      grown.set(this.#buffer.subarray(0, read), this.#held.length);
      this.#held = grown;
    }
  }

  close(): void {
    this.#file.close();
    this.journal.close();
    this.borrower.end();
  }

  *#records(): Generator<unknown> {
    while (this.#held.length >= HEADER) {
      const view = new DataView(this.#held.buffer, this.#held.byteOffset);
      const length = view.getUint32(0, true);
      if (this.#held.length < HEADER + length) return;
      const body = this.#held.subarray(HEADER, HEADER + length);
      const kind = view.getUint8(4);
      this.#held = this.#held.subarray(HEADER + length);
      // The platform's codec cannot be loaded without waiting; what needs it also comes the ordinary way.
      if (kind === Body.JSON) yield fromFrame(kind, { body, attachments: [] });
    }
  }
}
