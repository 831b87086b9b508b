/**
 * Items in the family's memory, first in, first out: what a queue and each direction of a pipe are made of.
 *
 *     head block:   latch │ which record counts │ bounds │ record 0 │ record 1 │ lines │ the first segment
 *     segments:     ┌ next ┬ item ┬ item ┬ jump ┐──▶┌ next ┬ item ┬ …        each but the first is a page
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
import { COUNT, FIRST, HEAD, JUMP, LINES, RECORD, SEGMENT_HEAD, SIZE } from "./ring_layout.ts";
import { checkWritten, pageWordsOf, readItem, sizeOf, weightOf, writeItem } from "./ring_items.ts";
import { RingUsers } from "./ring_users.ts";
import { PAGE, type Words } from "./words.ts";

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

  /** Makes a ring, kept by this process; 0 is no bound. `null` if the memory is full. */
  static create(family: Family, maxItems: number, maxBytes: number): Ring | null {
    const at = family.pages.tryAllocate(SIZE);
    if (at === null) return null;
    const { words } = family.words;
    words[at + HEAD.maxItems] = maxItems;
    words[at + HEAD.maxBytes] = maxBytes;
    words[at + HEAD.records + RECORD.spare] = at + FIRST.at;
    return new Ring(family, at, family.me);
  }

  /** The ring at `at`, as another process tells of it; `null` if none is there, or none any more since its process has ended. */
  static find(family: Family, at: unknown, owner: unknown): Ring | null {
    const isThere = typeof at === "number" && typeof owner === "number" &&
      family.words.has(at, SIZE) && family.pages.keeperOf(at) === owner;
    if (!isThere) return null;
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
    return maxBytes > 0 && w[this.#now + RECORD.used]! * 4 + weightOf(item) > maxBytes;
  }

  /**
   * Puts an item.
   *
   * @throws {RangeError} if there is no memory for it; then nothing has changed.
   */
  put(item: Item): void {
    const next = this.#begin();
    this.#write(item, false);
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
    const item = readItem(this.#words, at);
    const size = sizeOf(item), pageWords = pageWordsOf(item);
    w[next + RECORD.headAt]! += size;
    w[next + RECORD.used]! -= size + pageWords;
    w[next + RECORD.gets] = (w[next + RECORD.gets]! + 1) % COUNT;
    this.#commit();
    if (pageWords > 0) this.#family.pages.release(w[at + 1]!, pageWords);
    return item;
  }

  /**
   * Takes back an item that was taken and is not used: it comes out first again. What is posted finds room in a full memory too.
   *
   * @throws {RangeError} if there is no memory for it, as a big one may need.
   */
  putBack(item: Item): void {
    const w = this.#w, next = this.#begin();
    try {
      this.#write(item, this.size > 0);
    } catch (error) {
      if (item.form !== Form.posted || !(error instanceof RangeError)) throw error;
      this.#begin();
      this.#write(item, this.size > 0, true);
    }
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
    let segments: number[] = [];
    this.acquire();
    try {
      for (const _ of this.clear());
      segments = this.#segments();
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      // Which pages are its own nobody knows; they go with this process.
    } finally {
      this.release();
    }
    for (const each of segments) this.#releaseSegment(each);
    this.#family.pages.free(this.at);
  }

  /** The segments of an empty ring: those from its head to its tail, and the one that is not in use. */
  #segments(): number[] {
    const w = this.#w;
    const tail = w[this.#now + RECORD.tailSegment]!;
    const spare = w[this.#now + RECORD.spare]!;
    const segments = new Set<number>();
    if (spare !== 0) segments.add(spare);
    for (let each = w[this.#now + RECORD.headSegment]!; each !== 0; each = w[each]!) {
      checkWritten(this.#words.has(each, this.#endOf(each)) && !segments.has(each));
      segments.add(each);
      if (each === tail) break;
    }
    return [...segments];
  }

  /** Writes an item at the tail of the copy, or before its head; `isUrgent`: in a page that is kept for that. */
  #write(item: Item, isBeforeHead: boolean, isUrgent = false): void {
    const size = sizeOf(item), pageWords = pageWordsOf(item);
    const pages = pageWords === 0 ? 0 : this.#family.pages.claimFor(this.owner, pageWords);
    try {
      const at = isBeforeHead
        ? this.#reserveBeforeHead(size, isUrgent)
        : this.#reserve(size, isUrgent);
      writeItem(this.#words, at, item, pages);
    } catch (error) {
      if (pages !== 0) this.#family.pages.release(pages, pageWords);
      throw error;
    }
    this.#w[this.#next + RECORD.used]! += size + pageWords;
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
  #reserve(size: number, isUrgent: boolean): number {
    const w = this.#w;
    const next = this.#next;
    let segment = w[next + RECORD.tailSegment]!;
    let at = w[next + RECORD.tailAt]!;
    if (this.size === 0 && segment === w[next + RECORD.headSegment] && segment !== 0) {
      w[next + RECORD.headAt] = at = SEGMENT_HEAD; // nothing is in it: from its beginning again
    }
    if (segment === 0 || at + size > this.#endOf(segment)) {
      const added = this.#takeSegment(size, isUrgent);
      w[added] = 0;
      if (segment === 0) {
        w[next + RECORD.headSegment] = added;
        w[next + RECORD.headAt] = SEGMENT_HEAD;
      } else {
        if (at < this.#endOf(segment)) w[segment + at] = JUMP;
        w[segment] = added;
        w[segment + 1] = SEGMENT_HEAD;
      }
      w[next + RECORD.tailSegment] = segment = added;
      at = SEGMENT_HEAD;
    }
    w[next + RECORD.tailAt] = at + size;
    return segment + at;
  }

  /** Takes `size` words before the head of the copy: where others were read, or in a segment in front of all others. */
  #reserveBeforeHead(size: number, isUrgent: boolean): number {
    const w = this.#w;
    const next = this.#next;
    const head = w[next + RECORD.headSegment]!;
    let segment = head;
    let at = w[next + RECORD.headAt]! - size;
    if (at < SEGMENT_HEAD) {
      segment = this.#takeSegment(size + 1, isUrgent);
      w[segment] = head;
      w[segment + 1] = at + size;
      at = SEGMENT_HEAD;
      w[segment + at + size] = JUMP;
    }
    w[next + RECORD.headSegment] = segment;
    w[next + RECORD.headAt] = at;
    return segment + at;
  }

  /** A segment with room for `size` words: that of the copy which is not in use, or a new page. */
  #takeSegment(size: number, isUrgent: boolean): number {
    const spare = this.#w[this.#next + RECORD.spare]!;
    if (spare === 0 || SEGMENT_HEAD + size > this.#endOf(spare)) {
      return this.#family.pages.claimFor(this.owner, PAGE, isUrgent);
    }
    this.#w[this.#next + RECORD.spare] = 0;
    return spare;
  }

  #releaseSegment(segment: number): void {
    if (this.#endOf(segment) === PAGE) this.#family.pages.release(segment, PAGE);
  }

  /** Where a segment ends, from its beginning: the first one is small. */
  #endOf(segment: number): number {
    return segment === this.at + FIRST.at ? FIRST.size : PAGE;
  }

  /** Where the first item is. A segment that was read to its end is let go of; one is kept for the next items. */
  #findHead(): number {
    const w = this.#w;
    for (;;) {
      const segment = w[this.#now + RECORD.headSegment]!;
      const at = w[this.#now + RECORD.headAt]!;
      const end = this.#endOf(segment);
      checkWritten(this.#words.has(segment, end) && at >= SEGMENT_HEAD && at <= end);
      if (at < end && w[segment + at] !== JUMP) return segment + at;
      const spare = w[this.#now + RECORD.spare]!;
      const next = this.#begin();
      w[next + RECORD.headSegment] = w[segment]!;
      w[next + RECORD.headAt] = w[segment + 1]!;
      w[next + RECORD.spare] = segment;
      this.#commit();
      if (spare !== 0) this.#releaseSegment(spare);
    }
  }
}
