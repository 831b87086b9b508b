/** The pages of the family's memory, for tests of its end. */
import { Family } from "../../src/multiprocessing/family/family.ts";
import { URGENT_PAGES } from "../../src/multiprocessing/family/pages.ts";
import { PAGE_TABLE } from "../../src/multiprocessing/family/words.ts";

/** How many pages are claimed, by anybody. */
export function claimedPages(): number {
  const { words } = Family.join()!;
  let count = 0;
  for (let page = words.firstPage; page < words.pages; page++) {
    if (words.load(PAGE_TABLE + page) !== 0) count++;
  }
  return count;
}

/** Claims all pages that are free, but for the urgent ones; nothing is put behind them. Disposing gives them back. */
export function fillFamily(): Disposable {
  const { words, me, pages } = Family.join()!;
  const claimed: number[] = [];
  for (let page = words.firstPage; page < words.pages - URGENT_PAGES; page++) {
    if (words.compareExchange(PAGE_TABLE + page, 0, me) === 0) claimed.push(page);
  }
  // What is left of pages that are cut already.
  const blocks: number[] = [];
  for (let size = 16; size < 16 * 1024; size *= 2) {
    for (let at = pages.tryAllocate(size); at !== null; at = pages.tryAllocate(size)) {
      blocks.push(at);
    }
  }
  return {
    [Symbol.dispose]() {
      for (const at of blocks) pages.free(at);
      for (const page of claimed) words.store(PAGE_TABLE + page, 0);
    },
  };
}
