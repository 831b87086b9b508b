/** Pools whose processes are killed all the time, and many jobs beside slow ones. Prints its figures. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import {
  BrokenExecutorError,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
} from "../../src/futures/mod.ts";
import { Killer } from "../support/children.ts";
import { neighbours } from "../support/targets/neighbours.ts";

const linux = { ignore: Deno.build.os !== "linux" };

for (
  const [count, ms, every] of [[10_000, 0, 60], [10_000, 1, 60], [10_000, 5, 60], [
    200_000,
    0,
    40,
  ]] as const
) {
  Deno.test(`stress: ${count} jobs of ${ms} ms, a kill every ${every} ms`, linux, async () => {
    await using pool = new ProcessPoolExecutor({ maxWorkers: 4 });
    await pool.ready();
    const began = performance.now();
    const killer = new Killer(every, () => pool.statistics().completed);
    const results = await Promise.allSettled(
      Array.from({ length: count }, async (_, n) => {
        if (ms === 0) return await pool.submit(neighbours.identity, n);
        return await pool.submit(neighbours.nap, ms) && n;
      }),
    );
    killer[Symbol.dispose]();
    const failed = results.filter((result) => result.status === "rejected");
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${killer.kills} kills, ${failed.length} jobs failed, ${seconds} s`);
    assert(failed.every(({ reason }) => reason instanceof BrokenExecutorError));
    assert(failed.length <= killer.kills, `${failed.length} failed by ${killer.kills} kills`);
    results.forEach((result, n) => {
      if (result.status === "fulfilled") assertEquals(result.value, n);
    });
  });
}

for (
  const [name, Executor] of [["threads", ThreadPoolExecutor], [
    "processes",
    ProcessPoolExecutor,
  ]] as const
) {
  Deno.test(`stress: ${name}: 200,000 quick jobs with a slow one among every 20,000`, async () => {
    await using pool = new Executor({ maxWorkers: 3 });
    await pool.ready();
    const began = performance.now();
    let right = 0;
    await Promise.all(Array.from({ length: 200_000 }, async (_, n) => {
      if (n % 20_000 === 10_000) await pool.submit(neighbours.compute, 300);
      else if (await pool.submit(neighbours.identity, n) === n) right++;
    }));
    assertEquals(right, 199_990);
    const { running, queued, completed } = pool.statistics();
    assertEquals([running, queued, completed], [0, 0, 200_000]);
    console.log(`${((performance.now() - began) / 200).toFixed(1)} µs a job`);
  });
}
