/** Text that is longer than a string of JSON can be reaches a process and comes back. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { portable, ProcessPoolExecutor } from "@quartet/concurrency/futures";

const texts = portable(import.meta, {
  size(all: string[]): number {
    return all.reduce((sum, each) => sum + each.length, 0);
  },
  make(count: number, length: number): string[] {
    return Array.from({ length: count }, () => "y".repeat(length));
  },
});

Deno.test("600 MiB of text to a process, and from one", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const all = texts.make(6, 100 << 20);
  assertEquals(await pool.submit(texts.size, all), 600 << 20);
  assertEquals(texts.size(await pool.submit(texts.make, 6, 100 << 20)), 600 << 20);
});
