import type { Entry } from "./contract.ts";

/** So many calls stand on a page; one that stands alone grows as it is filled. */
const CALLS = 1024;
/** A call is a function and its two arguments. */
const CELLS = 3 * CALLS;

/**
 * Calls in line, first in, first out.
 *
 * The line is written on pages: one long list would be copied each time that it grows, and a hundred thousand tasks that
 * begin at the same time would leave the collector three times what they are.
 */
export class CallLine {
  /** The pages that are full, before the one that is written on. */
  readonly #full: unknown[][] = [];
  #page: unknown[] = [];
  /** How many cells of it are written. */
  #written = 0;

  /** How many calls are in line. */
  get size(): number {
    return this.#full.length * CALLS + this.#written / 3;
  }

  /** Adds a call at the end. */
  push(entry: Entry, a: unknown, b: unknown): void {
    if (this.#written === CELLS) {
      this.#full.push(this.#page);
      this.#page = new Array(CELLS);
      this.#written = 0;
    }
    const page = this.#page;
    const at = this.#written;
    page[at] = entry;
    page[at + 1] = a;
    page[at + 2] = b;
    this.#written = at + 3;
  }

  /** Makes all calls, from the first to the last, and is empty then; nothing is added meanwhile. One that throws ends it. */
  run(): void {
    this.#take(callAll);
  }

  /** As `run()`, and has `call` make each call; it too keeps no argument of those that were made. */
  runBy(call: (entry: Entry, a: unknown, b: unknown) => void): void {
    this.#take((page, cells) => {
      for (let i = 0; i < cells; i += 3) {
        const a = page[i + 1];
        const b = page[i + 2];
        page[i + 1] = page[i + 2] = undefined;
        call(page[i] as Entry, a, b);
      }
    });
  }

  /** Has `choose` say which of those that are left comes next, one place after the other. */
  reorder(choose: (left: number) => number): void {
    const calls: [Entry, unknown, unknown][] = [];
    this.runBy((...call) => calls.push(call));
    for (let i = 0; i < calls.length; i++) {
      const pick = i + choose(calls.length - i);
      const [entry, a, b] = calls[pick]!;
      calls[pick] = calls[i]!;
      this.push(entry, a, b);
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#full.length = 0;
    this.#page = [];
    this.#written = 0;
  }

  /** Empties the line, and calls `visit` with each page and how many cells of it were written. */
  #take(visit: (page: unknown[], cells: number) => void): void {
    const written = this.#written;
    this.#written = 0;
    try {
      if (this.#full.length > 0) { for (const page of this.#full) visit(page, CELLS); }
      visit(this.#page, written);
    } finally {
      if (this.#full.length > 0) this.#full.length = 0;
    }
  }
}

/** Makes the calls of a page, and keeps no argument of those that were made. */
function callAll(page: unknown[], cells: number): void {
  for (let i = 0; i < cells; i += 3) {
    const a = page[i + 1];
    const b = page[i + 2];
    page[i + 1] = page[i + 2] = undefined;
    (page[i] as Entry)(a, b);
  }
}
