import { assertEquals } from "@std/assert";
import { sleep } from "@quartet/concurrency/asyncio";
import { AsyncExecutor } from "@quartet/concurrency/futures";
import type { Folder } from "../solutions/06_waiting_pool.ts";
import { load } from "./load.ts";
import { ended, virtually } from "./virtual_time.ts";

const { totalSize } = await load<typeof import("../solutions/06_waiting_pool.ts")>(
  "06_waiting_pool",
);

/** How many folders are being read, and how many were at the most. */
let now = 0, most = 0;

/** A folder of size 1 with three folders in it, down to `depth`. */
function folder(depth: number): Folder {
  return {
    async read() {
      most = Math.max(most, ++now);
      await sleep(10);
      now--;
      return { size: 1, folders: depth === 0 ? [] : [1, 2, 3].map(() => folder(depth - 1)) };
    },
  };
}

Deno.test("folders in folders are counted, and two of them are read at a time", async () => {
  await virtually(async () => {
    const pool = new AsyncExecutor({ maxConcurrency: 2 });
    const size = await ended(
      totalSize(pool, folder(3)),
      "both workers of the pool wait for jobs that no worker is left to do",
    );
    assertEquals(size, 1 + 3 + 9 + 27);
    assertEquals(most, 2);
    await pool.shutdown();
  });
});
