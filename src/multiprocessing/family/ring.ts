/**
 * Items in the family's memory, first in, first out: what a queue and each direction of a pipe are made of.
 *
 *     head block:   latch │ which record counts │ bounds │ record 0 │ record 1 │ lines
 *     segments:     ┌ next ┬ item ┬ item ┬ jump ┐──▶┌ next ┬ item ┬ …        each is a page
 *                           ▲ head                                ▲ tail
 *     item:         form and length │ its words          a big one: where its own pages are
 *
 * - All that changes stands in a record of a few words. A change writes the record that does not count and then says, by one
 *   store, that it does. So an item is there or is not, whenever the process that puts or takes it is killed; the next who takes
 *   the latch finds everything whole.
 * - The pages belong to the participant that made the ring, whoever fills them: items outlive who has put them. A page that was
 *   being added when its process was killed comes back when the ring's owner ends.
 * - Everything but the constructor is for the holder of the latch.
 */
import { TransferError } from "../../core/errors.ts";
import type { Family } from "./family.ts";
import { Form, type Item } from "./item.ts";
import { Line, LINE_SIZE } from "./line.ts";
import {
  BIG,
  COUNT,
  HEAD,
  JUMP,
  LARGEST,
  LINES,
  RECORD,
  SEGMENT_HEAD,
  SIZE,
} from "./ring_layout.ts";
import { RingUsers } from "./ring_users.ts";
import { copyBytes, PAGE, type Words } from "./words.ts";

/** The bytes of the item that was taken last. */
const scratch = new Uint8Array(LARGEST);
const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

/** See the head of this file. */
export class Ring {
  readonly at: number;
  readonly owner: number;
  readonly getters: Line;
  readonly putters: Line;
  readonly joiners: Line;
  readonly users: RingUsers;
  readonly #family: Family;
  readonly #words: Words;
  readonly #w: Int32Array<ArrayBuffer>;
  /** The record that counts, and the one that is being written. */
  #now = 0;
  #next = 0;

  /** Makes a ring, kept by this process; 0 is no bound. */
  static create(family: Family, maxItems: number, maxBytes: number): Ring {
    const at = family.pages.allocate(SIZE);
    const { words } = family.words;
    words[at + HEAD.maxItems] = maxItems;
    words[at + HEAD.maxBytes] = maxBytes;
    return new Ring(family, at, family.me);
  }

  /**
   * The ring at `at`, as another process tells of it.
   *
   * @throws {TransferError} if none can be there.
   */
  static open(family: Family, at: unknown, owner: unknown): Ring {
    const isThere = typeof at === "number" && typeof owner === "number" &&
      family.words.has(at, SIZE) && family.pages.keeperOf(at) === owner;
    if (!isThere) throw new TransferError("Cannot read a ring of items: what came names none");
    const ring = new Ring(family, at as number, owner as number);
    if (ring.owner !== family.me) ring.users.enter();
    return ring;
  }

  private constructor(family: Family, at: number, owner: number) {
    this.at = at;
    this.owner = owner;
    this.#family = family;
    this.#words = family.words;
    this.#w = family.words.words;
    const line = (index: number): Line => new Line(family, at + HEAD.lines + index * LINE_SIZE);
    this.getters = line(LINES.getters);
    this.putters = line(LINES.putters);
    this.joiners = line(LINES.joiners);
    this.users = new RingUsers(family, at + HEAD.users);
  }

  /** Whether the process that keeps it has ended: then nothing in it may be touched. */
  get isGone(): boolean {
    return !this.#family.participants.isAlive(this.owner);
  }

  /** Whether nothing more is put, as its writer says or because that one is dead; to be read without the latch. */
  get isClosed(): boolean {
    return this.#words.load(this.at + HEAD.closed) !== 0 || this.#isDead(HEAD.writer);
  }

  /** Whether nobody takes any more, because the one reader is dead. */
  get isAbandoned(): boolean {
    return this.#isDead(HEAD.reader);
  }

  /** Says that nothing more is put. */
  close(): void {
    this.#words.store(this.at + HEAD.closed, 1);
  }

  /** Says that this process is the one that puts, or is so no longer. */
  setWriter(is: boolean): void {
    this.#words.store(this.at + HEAD.writer, is ? this.#family.me : 0);
  }

  /** Says that this process is the one that takes, or is so no longer. */
  setReader(is: boolean): void {
    this.#words.store(this.at + HEAD.reader, is ? this.#family.me : 0);
  }

  #isDead(word: number): boolean {
    const who = this.#words.load(this.at + word);
    return who !== 0 && !this.#family.participants.isAlive(who);
  }

  acquire(): void {
    this.#family.latches.acquire(this.at + HEAD.latch);
    const active = this.#w[this.at + HEAD.active]! & 1;
    this.#now = this.at + HEAD.records + active * RECORD.size;
    this.#next = this.at + HEAD.records + (1 - active) * RECORD.size;
  }

  release(): void {
    this.#family.latches.release(this.at + HEAD.latch);
  }

  /** Whether there seems to be an item; to be asked without the latch, by who spins. */
  get seemsFilled(): boolean {
    const now = this.at + HEAD.records +
      (this.#words.load(this.at + HEAD.active) & 1) * RECORD.size;
    return this.#w[now + RECORD.puts] !== this.#w[now + RECORD.gets];
  }

  /** How many items are in it. */
  get size(): number {
    const w = this.#w;
    return (w[this.#now + RECORD.puts]! - w[this.#now + RECORD.gets]! + COUNT) % COUNT;
  }

  get maxItems(): number {
    return this.#w[this.at + HEAD.maxItems]!;
  }

  get unfinished(): number {
    return this.#w[this.#now + RECORD.unfinished]!;
  }

  get isShut(): boolean {
    return this.#w[this.#now + RECORD.isShut] !== 0;
  }

  /** Whether there is room, for at least an item; where bytes are bounded, when half of them are free. */
  get hasRoom(): boolean {
    const w = this.#w;
    const maxItems = w[this.at + HEAD.maxItems]!;
    const maxBytes = w[this.at + HEAD.maxBytes]!;
    if (maxItems > 0 && this.size >= maxItems) return false;
    return maxBytes === 0 || w[this.#now + RECORD.used]! * 4 <= maxBytes / 2;
  }

  /** Whether `item` would have to wait. */
  isFullFor(item: Item): boolean {
    const { size } = this;
    if (size === 0) return false; // whatever it is, it finds a place
    const w = this.#w;
    const maxItems = w[this.at + HEAD.maxItems]!;
    const maxBytes = w[this.at + HEAD.maxBytes]!;
    if (maxItems > 0 && size >= maxItems) return true;
    return maxBytes > 0 && w[this.#now + RECORD.used]! * 4 + lengthOf(item) > maxBytes;
  }

  /**
   * Puts an item.
   *
   * @throws {RangeError} if there is no memory for it.
   */
  put(item: Item): void {
    const next = this.#begin();
    this.#write(item);
    const w = this.#w;
    w[next + RECORD.puts] = (w[next + RECORD.puts]! + 1) % COUNT;
    w[next + RECORD.unfinished]!++;
    this.#commit();
  }

  /** Takes the first item; `null` if there is none. It is good until the next one is taken: see `lasting()`. */
  take(): Item | null {
    if (this.size === 0) return null;
    const at = this.#findHead();
    const next = this.#begin();
    const w = this.#w;
    const head = w[at]!;
    const form = head & 7;
    const length = head >>> 4;
    let number = 0;
    let bytes: Uint8Array | null = null;
    let count = length;
    let taken: number;
    let pages = 0;
    if ((head & BIG) !== 0) {
      pages = w[at + 1]!;
      count = w[at + 2]!;
      this.#check(count >= 0 && this.#words.has(pages, Math.ceil(count / 4)));
      bytes = this.#words.bytes.slice(pages * 4, pages * 4 + count);
      taken = 3;
      w[next + RECORD.used]! -= Math.ceil(count / 4);
    } else if (form === Form.int || form === Form.posted) {
      number = w[at + 1]!;
      taken = 2;
    } else if (form === Form.constant) {
      number = length;
      taken = 1;
    } else if (form === Form.float) {
      halves[0] = w[at + 1]!;
      halves[1] = w[at + 2]!;
      number = double[0]!;
      taken = 3;
    } else {
      this.#check(form >= Form.bytes && length <= LARGEST);
      bytes = form === Form.raw ? new Uint8Array(length) : scratch;
      copyBytes(this.#words.bytes, (at + 1) * 4, length, bytes, 0);
      taken = 1 + Math.ceil(length / 4);
    }
    w[next + RECORD.headAt]! += taken;
    w[next + RECORD.used]! -= taken;
    w[next + RECORD.gets] = (w[next + RECORD.gets]! + 1) % COUNT;
    this.#commit();
    if (pages !== 0) this.#family.pages.release(pages, Math.ceil(count / 4));
    return { form, number, bytes, length: count };
  }

  /** Takes back an item that was taken and is not used: it comes out first again. */
  putBack(item: Item): void {
    const next = this.#begin();
    const w = this.#w;
    // It gets a segment of its own in front of all others.
    const segment = this.#family.pages.claimFor(this.owner, PAGE);
    const tailSegment = w[next + RECORD.tailSegment]!;
    const tailAt = w[next + RECORD.tailAt]!;
    w[next + RECORD.tailSegment] = segment;
    w[next + RECORD.tailAt] = SEGMENT_HEAD;
    this.#write(item);
    if (tailSegment !== 0) {
      const end = segment + w[next + RECORD.tailAt]!;
      w[segment] = w[next + RECORD.headSegment]!;
      w[segment + 1] = w[next + RECORD.headAt]!;
      w[end] = JUMP;
      w[next + RECORD.tailSegment] = tailSegment;
      w[next + RECORD.tailAt] = tailAt;
    }
    w[next + RECORD.headSegment] = segment;
    w[next + RECORD.headAt] = SEGMENT_HEAD;
    w[next + RECORD.gets] = (w[next + RECORD.gets]! - 1 + COUNT) % COUNT;
    this.#commit();
  }

  /** Reports an item done; `false` if all are. */
  finish(): boolean {
    if (this.unfinished <= 0) return false;
    this.#w[this.#begin() + RECORD.unfinished]!--;
    this.#commit();
    return true;
  }

  /** Lets nobody put any more. */
  shut(): void {
    this.#w[this.#begin() + RECORD.isShut] = 1;
    this.#commit();
  }

  /** Takes all items, which are done then. */
  *clear(): Generator<Item> {
    for (let item = this.take(); item !== null; item = this.take()) {
      yield item;
      this.finish();
    }
  }

  /** Gives its memory back; for the process that keeps it, when it has no users any more. */
  free(): void {
    const w = this.#w;
    const segments = new Set<number>();
    this.acquire();
    try {
      for (const _ of this.clear());
      for (const field of [RECORD.headSegment, RECORD.tailSegment, RECORD.spare]) {
        segments.add(w[this.#now + field]!);
      }
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      segments.clear(); // which pages are its own nobody knows; they go with this process
    } finally {
      this.release();
    }
    for (const each of segments) if (each !== 0) this.#family.pages.release(each, PAGE);
    this.#family.pages.free(this.at);
  }

  /** Writes an item at the tail of the copy. */
  #write({ form, number, bytes, length }: Item): void {
    const w = this.#w;
    if (bytes !== null) return this.#writeBytes(form, bytes, length);
    if (form === Form.constant) {
      w[this.#reserve(1)] = number * 16 + form;
    } else if (form === Form.float) {
      const at = this.#reserve(3);
      double[0] = number;
      w[at] = form;
      w[at + 1] = halves[0]!;
      w[at + 2] = halves[1]!;
    } else {
      const at = this.#reserve(2);
      w[at] = form;
      w[at + 1] = number;
    }
  }

  #writeBytes(form: number, bytes: Uint8Array, length: number): void {
    const w = this.#w;
    if (length <= LARGEST) {
      const at = this.#reserve(1 + Math.ceil(length / 4));
      w[at] = length * 16 + form;
      copyBytes(bytes, 0, length, this.#words.bytes, (at + 1) * 4);
      return;
    }
    const at = this.#reserve(3);
    const pages = this.#family.pages.claimFor(this.owner, Math.ceil(length / 4));
    copyBytes(bytes, 0, length, this.#words.bytes, pages * 4);
    w[at] = form | BIG;
    w[at + 1] = pages;
    w[at + 2] = length;
    w[this.#next + RECORD.used]! += Math.ceil(length / 4);
  }

  /** Copies the record that counts, and returns the copy's address. */
  #begin(): number {
    const w = this.#w;
    const now = this.#now;
    const next = this.#next;
    for (let i = 0; i <= RECORD.spare; i++) w[next + i] = w[now + i]!;
    return next;
  }

  /** Has the copy count. */
  #commit(): void {
    const next = this.#next;
    this.#words.store(this.at + HEAD.active, next === this.at + HEAD.records ? 0 : 1);
    this.#next = this.#now;
    this.#now = next;
  }

  /** Takes `size` words at the tail of the copy, in a new segment if need be. */
  #reserve(size: number): number {
    const w = this.#w;
    const next = this.#next;
    let segment = w[next + RECORD.tailSegment]!;
    let at = w[next + RECORD.tailAt]!;
    if (segment === 0 || at + size > PAGE) {
      const added = w[next + RECORD.spare] || this.#family.pages.claimFor(this.owner, PAGE);
      w[next + RECORD.spare] = 0;
      w[added] = 0;
      if (segment === 0) {
        w[next + RECORD.headSegment] = added;
        w[next + RECORD.headAt] = SEGMENT_HEAD;
      } else {
        if (at < PAGE) w[segment + at] = JUMP;
        w[segment] = added;
        w[segment + 1] = SEGMENT_HEAD;
      }
      w[next + RECORD.tailSegment] = segment = added;
      at = SEGMENT_HEAD;
    }
    w[next + RECORD.tailAt] = at + size;
    w[next + RECORD.used]! += size;
    return segment + at;
  }

  /** Where the first item is. A segment that was read to its end is let go of; one is kept for the next items. */
  #findHead(): number {
    const w = this.#w;
    for (;;) {
      const segment = w[this.#now + RECORD.headSegment]!;
      const at = w[this.#now + RECORD.headAt]!;
      this.#check(this.#words.has(segment, PAGE) && at >= SEGMENT_HEAD && at <= PAGE);
      if (at < PAGE && w[segment + at] !== JUMP) return segment + at;
      const spare = w[this.#now + RECORD.spare]!;
      const next = this.#begin();
      w[next + RECORD.headSegment] = w[segment]!;
      w[next + RECORD.headAt] = w[segment + 1]!;
      w[next + RECORD.spare] = segment;
      this.#commit();
      if (spare !== 0) this.#family.pages.release(spare, PAGE);
    }
  }

  /** What stands here was written by others: what makes no sense is not followed. */
  #check(makesSense: boolean): asserts makesSense {
    if (makesSense) return;
    throw new TransferError("Cannot read a ring of items: its memory was overwritten");
  }
}

function lengthOf({ bytes, length }: Item): number {
  return bytes === null ? 8 : length;
}
