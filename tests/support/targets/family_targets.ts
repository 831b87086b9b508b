/** What the tests of the family's memory run in other processes. */
import { portable } from "../../../src/multiprocessing/mod.ts";
import { Family } from "../../../src/multiprocessing/family/family.ts";

/** The memory, which this process must be able to join. */
function family(): Family {
  const joined = Family.join();
  if (joined === null) throw new Error("this process has not joined the memory");
  return joined;
}

export const familyTargets = portable(import.meta, {
  mayJoin(): boolean {
    return Family.join() !== null;
  },
  count(at: number, times: number): number {
    const { words, me } = family();
    for (let i = 0; i < times; i++) words.add(at, 1);
    return me;
  },
  countUnderLatch(at: number, times: number): void {
    const { words, latches } = family();
    for (let i = 0; i < times; i++) {
      latches.acquire(at);
      words.words[at + 1]!++;
      latches.release(at);
    }
  },
  /** Answers each number at `at` with its negative, until it is 0. */
  answerSync(at: number, asker: number): void {
    const { words, bell } = family();
    for (;;) {
      bell.waitSync(() => words.load(at) >= 0);
      const asked = words.load(at);
      words.store(at, -Math.max(asked, 1));
      bell.ring(asker);
      if (asked === 0) return;
    }
  },
  /** Tells who it is, and waits until each of `count` words from `at` on is set, by as many waits. */
  async waitForAll(at: number, count: number, asker: number): Promise<void> {
    const { words, bell, me } = family();
    const waits = Array.from({ length: count }, (_, i) =>
      new Promise<void>((resolve) => {
        bell.wait(() => {
          const isSet = words.load(at + 1 + i) !== 0;
          if (isSet) resolve();
          return isSet;
        }, at + 1 + i);
      }));
    const file = await Deno.readTextFile(new URL(import.meta.url)); // not kept from its thread
    words.store(at, file.length > 0 ? me : -1);
    bell.ring(asker);
    await Promise.all(waits);
  },
  /** Takes a latch and a page, tells where that is, and never lets go. */
  async holdForEver(at: number, asker: number): Promise<void> {
    const { words, bell, latches, pages, me } = family();
    latches.acquire(at);
    const page = pages.allocate(16 * 1024);
    words.words.fill(7, page, page + 16);
    words.words[at + 2] = page;
    words.store(at + 1, me);
    bell.ring(asker);
    await new Promise(() => setInterval(() => {}, 1000));
  },
});
