/** Quick jobs, and results that are there, do not wait for a slow job that happens to be on the same worker. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { computeBefore, Gate } from "../support/gate.ts";
import { halt, isHalting } from "../support/halt.ts";
import { neighbours } from "../support/targets/neighbours.ts";
import { until } from "../support/until_waiting.ts";

for (
  const [name, Executor] of [["threads", ThreadPoolExecutor], [
    "processes",
    ProcessPoolExecutor,
  ]] as const
) {
  Deno.test(`${name}: what waits behind a slow job is taken back for an idle worker`, async () => {
    await using pool = new Executor({ maxWorkers: 2 });
    await pool.ready();
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 50 }, () => pool.submit(neighbours.compute, 0)));
    }
    using gate = new Gate();
    const slow = pool.submit(computeBefore, gate.folder);
    const quick = Array.from({ length: 100 }, () => pool.submit(neighbours.compute, 0));
    await until(() => quick.every((each) => each.done()));
    assertEquals(slow.done(), false);
    gate.open();
    await Promise.all([slow, ...quick]);
  });

  Deno.test(`${name}: a job is running only where it has begun, not where it waits in a window`, async () => {
    await using pool = new Executor({ maxWorkers: 1 });
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 50 }, () => pool.submit(neighbours.compute, 0)));
    }
    using gate = new Gate();
    const slow = pool.submit(computeBefore, gate.folder);
    const behind = pool.submit(neighbours.compute, 0);
    await until(() => slow.running());
    assertEquals([behind.running(), behind.cancel(), behind.state], [false, true, "cancelled"]);
    gate.open();
    assertEquals(await slow, "let through");
  });
}

Deno.test("processes: results do not wait in a process that has gone on to a slow job", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 50 }, () => pool.submit(neighbours.compute, 0)));
  }
  const quick = Array.from({ length: 20 }, () => pool.submit(neighbours.compute, 0));
  using gate = new Gate();
  const slow = pool.submit(computeBefore, gate.folder);
  const behind = pool.submit(neighbours.compute, 0);
  await until(() => quick.every((each) => each.done()));
  assertEquals([slow.done(), behind.done()], [false, false]);
  gate.open();
  await Promise.all([slow, behind, ...quick]);
});

Deno.test(
  "processes: what a stopped process has not begun runs elsewhere, once",
  { ignore: !isHalting },
  async () => {
    await using pool = new ProcessPoolExecutor({ maxWorkers: 2 });
    await pool.ready();
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 50 }, () => pool.submit(neighbours.compute, 0)));
    }
    const pid = await pool.submit(neighbours.pid);
    await halt(pid);
    let done = 0;
    const jobs = Array.from({ length: 500 }, async (_, n) => {
      assertEquals(await pool.submit(neighbours.identity, n), n);
      done++;
    });
    await until(() => done >= 499); // the one that it was given first may be its own
    Deno.kill(pid, "SIGCONT");
    await Promise.all(jobs);
    assertEquals([pool.statistics().completed, pool.statistics().running], [1_501, 0]);
  },
);
