import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Lock, Process, Semaphore, SharedArray } from "../../../src/multiprocessing/mod.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { CELLS, mixed, PERMITS } from "../../support/targets/mixed_wait_targets.ts";

const { random, seed } = seededRandom();

Deno.test({
  name:
    `processes that wait for a lock and a semaphore in every way at once lose nothing (${seed})`,
  ignore: Deno.build.os !== "linux",
  async fn() {
    const lock = new Lock(), semaphore = new Semaphore(PERMITS);
    using cells = new SharedArray(3);
    try {
      const args = () => [lock, semaphore, cells, random(2 ** 31), 60] as const;
      const children = [1, 2, 3].map(() =>
        new Process({ target: mixed.waits, args: [...args()] }).start()
      );
      const all = await Promise.all([
        mixed.waits(...args()),
        ...children.map((child) => child.result),
      ]);
      await Promise.all(children.map((child) => child.join()));
      assertEquals(cells.get(CELLS.guarded), all.reduce((sum, got) => sum + got, 0));
      assertEquals(cells.get(CELLS.over), 0);
      assertEquals(await lock.statistics(), { locked: false, waiting: 0, abandoned: 0 });
      assertEquals(await semaphore.statistics(), { value: PERMITS, waiting: 0 });
    } finally {
      cells.unlink();
    }
  },
});
