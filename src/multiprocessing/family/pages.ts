/**
 * What a participant keeps in the family's memory.
 *
 *     page       its word in the table    what changes it
 *     free       0                        a participant claims it, for itself or for another
 *     claimed    that participant         it is released, by anybody; or its participant is buried (`participants.ts`)
 *
 *     of a claimed page this process uses:   all of it, with others, for one large block
 *                                            cut into blocks of one size, until all of them are free again
 *
 * What stands where inside of a page is known to its participant alone, in a book of its own: nothing in shared memory can be
 * torn by a death.
 *
 * - Memory is put behind a page when it is claimed: where the system has none that is an error, and never a signal.
 * - A block is zeros when it is given.
 * - The last pages are for what is urgent: a memory that is full of items has room for the waiters of those that take some, and
 *   for the place of an item that goes back.
 */
import { pressCollector } from "../../shared/memory/collector.ts";
import type { LastingMapping } from "./mapping.ts";
import type { Participants } from "./participants.ts";
import { PAGE, PAGE_TABLE, type Words } from "./words.ts";

/** The smallest block, in words. */
const SMALLEST = 16;
const PAGE_BYTES = PAGE * 4;
/** How many pages are for what is urgent: waits, and the places of items that go back. */
export const URGENT_PAGES = 64;

/** A page that is cut into blocks of one size. */
interface CutPage {
  readonly at: number;
  readonly room: number;
  readonly free: number[];
}

/** See the head of this file. */
export class Pages {
  readonly #words: Words;
  readonly #mapping: LastingMapping;
  readonly #me: number;
  readonly #cut = new Map<number, CutPage>();
  /** Those of them that have free blocks, by the size of these. */
  readonly #open = new Map<number, Set<CutPage>>();
  /** The size of each block that was given. */
  readonly #given = new Map<number, number>();
  /** Where the search for a page begins. */
  #next: number;
  /** Whether the engine was asked to collect what nobody refers to since anything was given back. */
  #pressed = false;

  constructor(words: Words, mapping: LastingMapping, participants: Participants) {
    this.#words = words;
    this.#mapping = mapping;
    this.#me = participants.me;
    this.#next = words.firstPage;
    participants.onBurial((participant) => this.#releaseAll(participant));
  }

  /** How many words this process was given and has not freed. */
  get used(): number {
    let sum = 0;
    for (const size of this.#given.values()) sum += size;
    return sum;
  }

  /** Who keeps what stands at `at`; 0: nobody. */
  keeperOf(at: number): number {
    return this.#words.has(at, 1) ? this.#words.load(PAGE_TABLE + Math.floor(at / PAGE)) : 0;
  }

  /** A block of `size` words, all zero; `null` if the memory is full. */
  tryAllocate(size: number): number | null {
    const room = size > PAGE / 2 ? Math.ceil(size / PAGE) * PAGE : powerAbove(size);
    const at = room >= PAGE ? this.#claim(room / PAGE) : this.#takeSmall(room);
    if (at !== null) this.#given.set(at, room);
    return at;
  }

  /**
   * As {@link Pages.tryAllocate}.
   *
   * @throws {RangeError} if the memory is full.
   */
  allocate(size: number): number {
    return this.tryAllocate(size) ?? this.#refuse(Math.ceil(size / PAGE));
  }

  /** Takes a block back. */
  free(at: number): void {
    const room = this.#given.get(at);
    if (room === undefined) throw new RangeError(`Cannot free ${at}: no block was given there`);
    this.#given.delete(at);
    if (room >= PAGE) this.#release(at / PAGE, room / PAGE);
    else this.#freeSmall(at, room);
    this.#pressed = false;
  }

  /**
   * Pages for `size` words that are to be another participant's, or outlive this one; anybody may {@link Pages.release} them.
   *
   * @param isUrgent whether the pages count too that are for nothing else.
   * @throws {RangeError} if the memory is full.
   */
  claimFor(participant: number, size: number, isUrgent = false): number {
    const count = Math.ceil(size / PAGE);
    const at = this.#claim(count, participant) ??
      (isUrgent ? this.#claim(count, participant, this.#words.pages) : null);
    return at ?? this.#refuse(count);
  }

  /**
   * A page for the waits of this process; it is kept until the process ends.
   *
   * @throws {RangeError} if the memory is full, those pages included that are for nothing else.
   */
  claimForWaits(): number {
    return this.claimFor(this.#me, PAGE, true);
  }

  /** Gives pages back that were claimed for somebody; whoever does it sees to it that nobody uses them. */
  release(at: number, size: number): void {
    this.#release(at / PAGE, Math.ceil(size / PAGE));
  }

  #takeSmall(room: number): number | null {
    const page = this.#openOf(room).values().next().value ?? this.#cutPage(room);
    if (page === null) return null;
    const at = page.free.pop()!;
    if (page.free.length === 0) this.#openOf(room).delete(page);
    this.#words.words.fill(0, at, at + room);
    return at;
  }

  /** A page more, cut into blocks. */
  #cutPage(room: number): CutPage | null {
    const at = this.#claim(1);
    if (at === null) return null;
    const page: CutPage = { at, room, free: [] };
    for (let block = at + PAGE - room; block >= at; block -= room) page.free.push(block);
    this.#cut.set(at / PAGE, page);
    this.#openOf(room).add(page);
    return page;
  }

  /** Gives a page back of which nothing is used, but for the last one of its size: that is for the next block. */
  #freeSmall(at: number, room: number): void {
    const page = this.#cut.get(Math.floor(at / PAGE))!;
    const open = this.#openOf(room);
    page.free.push(at);
    open.add(page);
    if (page.free.length < PAGE / room || open.size === 1) return;
    open.delete(page);
    this.#cut.delete(page.at / PAGE);
    this.#release(page.at / PAGE, 1);
  }

  #openOf(room: number): Set<CutPage> {
    let open = this.#open.get(room);
    if (open === undefined) this.#open.set(room, open = new Set());
    return open;
  }

  /** Claims pages that follow each other, before `end`; returns where they begin, or `null` if there are none. */
  #claim(
    count: number,
    participant = this.#me,
    end = this.#words.pages - URGENT_PAGES,
  ): number | null {
    // First from where the last search ended, then from the start on.
    for (const from of [this.#next, this.#words.firstPage]) {
      for (let first = from; first + count <= end;) {
        const taken = this.#claimRun(first, count, participant);
        if (taken < count) {
          first += taken + 1;
          continue;
        }
        this.#next = first + count;
        if (this.#mapping.back(first * PAGE_BYTES, count * PAGE_BYTES)) return first * PAGE;
        this.#release(first, count);
        return null;
      }
    }
    if (!this.#pressed) pressCollector(); // what goes comes back soon, for those that ask later
    this.#pressed = true;
    return null;
  }

  #refuse(count: number): never {
    const bytes = this.#words.pages * PAGE_BYTES;
    throw new RangeError(
      `Cannot share ${
        count * PAGE_BYTES
      } bytes more between processes: of ${bytes} too many are used, or the system has no more; take items out of queues, and let go of queues, pipes and locks that are done with`,
    );
  }

  /** Claims pages from `first` on until one is another's; with all of them they stay claimed. */
  #claimRun(first: number, count: number, participant: number): number {
    const table = PAGE_TABLE + first;
    let taken = 0;
    while (taken < count && this.#words.compareExchange(table + taken, 0, participant) === 0) {
      taken++;
    }
    if (taken < count) { for (let i = 0; i < taken; i++) this.#words.store(table + i, 0); }
    return taken;
  }

  #release(first: number, count: number): void {
    this.#pressed = false;
    this.#mapping.release(first * PAGE_BYTES, count * PAGE_BYTES);
    for (let i = 0; i < count; i++) this.#words.store(PAGE_TABLE + first + i, 0);
    this.#next = Math.min(this.#next, first);
  }

  #releaseAll(participant: number): void {
    for (let page = this.#words.firstPage; page < this.#words.pages; page++) {
      if (this.#words.load(PAGE_TABLE + page) === participant) this.#release(page, 1);
    }
  }
}

function powerAbove(size: number): number {
  return Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(size)));
}
