import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { allocate, allocatePages, free, freePages } from "../../../src/shared/memory/heap.ts";
import { HEADER, load, wordView } from "../../../src/shared/memory/words.ts";
import { seededRandom } from "../../support/seeded_random.ts";

interface Block {
  readonly at: number;
  readonly size: number;
  readonly onPages: boolean;
  readonly mark: number;
}

function give({ at, size, onPages }: Block): void {
  if (onPages) freePages(at, size);
  else free(at, size);
}

// The first, on memory that nothing has used before: then the pages lie side by side.
Deno.test("free pages that touch become one run again", () => {
  const sizes = [3000, 5000, 100_000, 1, 40_000];
  const runs = sizes.map((size) => ({ at: allocatePages(size), size }));
  const end = load(HEADER.heapEnd);
  for (const i of [3, 1, 0, 4, 2]) freePages(runs[i]!.at, runs[i]!.size);
  const all = sizes.reduce((sum, size) => sum + Math.ceil(size / 1024) * 1024, 0);
  const again = allocatePages(all);
  assertEquals([again <= runs[0]!.at, load(HEADER.heapEnd)], [true, end]);
  freePages(again, all);
});

Deno.test("blocks and pages come zeroed and never overlap, in whatever order they are given back", () => {
  const { random, seed } = seededRandom();
  const live: Block[] = [];
  for (let mark = 1; mark <= 6000; mark++) {
    if (random(100) < 52 || live.length === 0) {
      const onPages = random(5) < 2;
      const size = 1 + random(onPages ? 20_000 : 300);
      const at = onPages ? allocatePages(size) : allocate(size);
      const words = wordView().subarray(at, at + size);
      assert(words.every((word) => word === 0), `not empty; ${seed}`);
      words.fill(mark);
      live.push({ at, size, onPages, mark });
    } else {
      const [block] = live.splice(random(live.length), 1) as [Block];
      const words = wordView().subarray(block.at, block.at + block.size);
      assert(words.every((word) => word === block.mark), `overlap; ${seed}`);
      give(block);
    }
  }
  live.forEach(give);
});
