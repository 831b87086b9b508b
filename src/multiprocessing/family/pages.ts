/**
 * What a participant keeps in the family's memory.
 *
 * Pages are claimed by their word in the page table, which names who has them. What stands where inside of them is known to
 * that participant alone, in a book of its own: nothing in shared memory can be torn by a death. Its pages go back when it is
 * buried (`participants.ts`).
 *
 * - Memory is put behind a page when it is claimed: where the system has none that is an error, and never a signal.
 * - A block is zeros when it is given.
 */
import type { LastingMapping } from "./mapping.ts";
import type { Participants } from "./participants.ts";
import { PAGE, PAGE_TABLE, type Words } from "./words.ts";

/** The smallest block, in words. */
const SMALLEST = 16;
const PAGE_BYTES = PAGE * 4;

/** See the head of this file. */
export class Pages {
  readonly #words: Words;
  readonly #mapping: LastingMapping;
  readonly #me: number;
  /** Free blocks by their size, a power of two. */
  readonly #free = new Map<number, number[]>();
  /** The size of each block that was given. */
  readonly #given = new Map<number, number>();
  /** Where the search for a page begins. */
  #next: number;

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

  /**
   * A block of `size` words, all zero.
   *
   * @throws {RangeError} if the memory is full.
   */
  allocate(size: number): number {
    const room = size > PAGE / 2 ? Math.ceil(size / PAGE) * PAGE : powerAbove(size);
    const at = room >= PAGE ? this.#claim(room / PAGE) : this.#takeSmall(room);
    this.#given.set(at, room);
    return at;
  }

  /** Takes a block back. */
  free(at: number): void {
    const room = this.#given.get(at);
    if (room === undefined) throw new RangeError(`Cannot free ${at}: no block was given there`);
    this.#given.delete(at);
    if (room >= PAGE) this.#release(at / PAGE, room / PAGE);
    else this.#listOf(room).push(at);
  }

  /**
   * Pages for `size` words that are to be another participant's, or outlive this one; anybody may {@link Pages.release} them.
   *
   * @throws {RangeError} if the memory is full.
   */
  claimFor(participant: number, size: number): number {
    return this.#claim(Math.ceil(size / PAGE), participant);
  }

  /** Gives pages back that were claimed for somebody; whoever does it sees to it that nobody uses them. */
  release(at: number, size: number): void {
    this.#release(at / PAGE, Math.ceil(size / PAGE));
  }

  #takeSmall(room: number): number {
    const list = this.#listOf(room);
    if (list.length === 0) {
      const page = this.#claim(1);
      for (let at = page + PAGE - room; at >= page; at -= room) list.push(at);
    }
    const at = list.pop()!;
    this.#words.words.fill(0, at, at + room);
    return at;
  }

  #listOf(room: number): number[] {
    let list = this.#free.get(room);
    if (list === undefined) this.#free.set(room, list = []);
    return list;
  }

  /** Claims pages that follow each other, and returns where they begin. */
  #claim(count: number, participant = this.#me): number {
    const { pages, firstPage } = this.#words;
    // First from where the last search ended, then from the start on.
    for (const from of [this.#next, firstPage]) {
      for (let first = from; first + count <= pages;) {
        const taken = this.#claimRun(first, count, participant);
        if (taken < count) {
          first += taken + 1;
          continue;
        }
        this.#next = first + count;
        if (this.#mapping.back(first * PAGE_BYTES, count * PAGE_BYTES)) return first * PAGE;
        this.#release(first, count);
        throw new RangeError(
          `Cannot share ${
            count * PAGE_BYTES
          } bytes more between processes: the system has no memory for them`,
        );
      }
    }
    throw new RangeError(
      `Cannot share ${count * PAGE_BYTES} bytes more between processes: of ${
        pages * PAGE_BYTES
      }, too many are used; let go of queues and connections that are done with`,
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
