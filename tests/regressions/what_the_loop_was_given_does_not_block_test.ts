/**
 * A thread that blocked for a result waited for ever when the platform had taken the message with that result off its
 * port: it lay with the event loop, which stood still. So it was in a done callback of one job for the result of another
 * that had ended at the same time, and behind any `await` that came back in the same turn.
 */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { type Future, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { jobs } from "../support/targets/jobs.ts";

/** Once is enough to fail nearly always. */
const ROUNDS = 20;

/** Keeps the event loop out for as long as two small jobs surely take on a quiet machine. */
function compute(): void {
  const end = performance.now() + 3;
  while (performance.now() < end);
}

Deno.test("a done callback can block for the result of another job", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
  await pool.ready();
  for (let round = 0; round < ROUNDS; round++) {
    const a = pool.submit(jobs.square, 2);
    const b = pool.submit(jobs.square, 3);
    const seen: number[] = [];
    const blockFor = (other: Future<number>) => () =>
      void seen.push(other.resultSync({ timeout: 60_000 }));
    a.addDoneCallback(blockFor(b));
    b.addDoneCallback(blockFor(a));
    await Promise.resolve(); // the jobs are sent
    compute();
    await Promise.all([a, b]);
    assertEquals(seen.sort(), [4, 9], `round ${round}`);
  }
});

Deno.test("behind the end of a foreign wait one can block for a result", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  await pool.ready();
  for (let round = 0; round < ROUNDS; round++) {
    const read = Deno.stat(new URL(import.meta.url));
    const job = pool.submit(jobs.square, 3);
    await Promise.resolve();
    compute();
    await read;
    assertEquals(job.resultSync({ timeout: 60_000 }), 9, `round ${round}`);
  }
});
