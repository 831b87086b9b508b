/** A worker that dies fails what it was doing, and nothing that it had not begun or had ended already. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  BrokenExecutorError,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
} from "@quartet/concurrency/futures";
import { Pool } from "@quartet/concurrency/multiprocessing";
import { VirtualClock } from "@quartet/concurrency/testing";
import { Killer } from "../support/children.ts";
import { neighbours } from "../support/targets/neighbours.ts";
import { until } from "../support/until_waiting.ts";

const linux = { ignore: Deno.build.os !== "linux" };
const executors = [["ThreadPoolExecutor", ThreadPoolExecutor], [
  "ProcessPoolExecutor",
  ProcessPoolExecutor,
]] as const;

/** Lets the pool learn that the function is short, so that many go to a worker at once. */
async function warmUp(pool: ThreadPoolExecutor | ProcessPoolExecutor): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 50 }, (_, n) => pool.submit(neighbours.identity, n)));
  }
}

for (const [what, count, ms] of [["moment", 20_000, 0], ["millisecond", 300, 1]] as const) {
  Deno.test(
    `killed processes fail at most one job each, and none runs twice: jobs of a ${what}`,
    linux,
    async () => {
      const path = await Deno.makeTempFile();
      await using pool = new ProcessPoolExecutor({ maxWorkers: 2 });
      await pool.ready();
      await warmUp(pool);
      const killer = new Killer(40, () => pool.statistics().completed);
      const results = await Promise.allSettled(
        Array.from(
          { length: count },
          (_, n) =>
            ms === 0
              ? pool.submit(neighbours.identity, n)
              : pool.submit(neighbours.computeAndNote, n, ms, path),
        ),
      );
      killer[Symbol.dispose]();
      const failed = results.filter((result) => result.status === "rejected");
      for (const { reason } of failed) {
        assert(reason instanceof BrokenExecutorError, String(reason));
      }
      assert(killer.kills > 0);
      assert(failed.length <= killer.kills, `${failed.length} failed by ${killer.kills} kills`);
      results.forEach((result, n) => {
        if (result.status === "fulfilled") assertEquals(result.value, n);
      });
      const ran = (await Deno.readTextFile(path)).split("\n").filter(Boolean);
      assertEquals(ran.length, new Set(ran).size, "some ran twice");
      await Deno.remove(path);
    },
  );
}

Deno.test("mp.Pool.map() and imap() lose at most the chunk that ran", linux, async () => {
  await using pool = new Pool(2);
  await pool.map(neighbours.identity, [1, 2, 3, 4]);
  let failures = 0;
  using killer = new Killer(40, () => pool.statistics().completed);
  const inputs = Array.from({ length: 150 }, () => 1);
  const results = pool.imap(neighbours.compute, inputs, 3);
  for (let n = 0; n < inputs.length; n++) {
    await results.next().catch((error) => {
      assert(error instanceof BrokenExecutorError, String(error));
      failures++;
    });
  }
  assert(killer.kills > 0);
  assert(failures <= 3 * killer.kills, `${failures} failed by ${killer.kills} kills`);
});

for (const [name, Executor] of executors) {
  for (const way of ["exit", "close"] as const) {
    Deno.test(`${name}: a job that ends its worker by ${way}() fails alone, whatever was in the window`, async () => {
      await using pool = new Executor({ maxWorkers: 1 });
      await warmUp(pool);
      const before = Array.from({ length: 30 }, (_, n) => pool.submit(neighbours.identity, n));
      const ends = way === "exit" ? pool.submit(neighbours.exit, 3) : pool.submit(neighbours.close);
      const after = Array.from({ length: 30 }, (_, n) => pool.submit(neighbours.identity, n));
      const numbers = Array.from({ length: 30 }, (_, n) => n);
      const ended = await ends.catch((error) => error);
      if (way === "exit" || name === "ThreadPoolExecutor") {
        assert(ended instanceof BrokenExecutorError, String(ended));
      }
      assertEquals(await Promise.all(before), numbers);
      assertEquals(await Promise.all(after), numbers);
    });
  }

  Deno.test(`${name}: a job's timeout touches none that waits behind it`, async () => {
    await using pool = new Executor({ maxWorkers: 1 });
    await warmUp(pool);
    using clock = new VirtualClock({ autoJump: false });
    const slow = pool.submitWith({ timeout: 50 }, neighbours.never);
    const outcome = assertRejects(() => slow.then(), Error, "50 ms");
    await until(() => slow.running() && clock.statistics().timers > 0);
    const behind = Array.from({ length: 100 }, (_, n) => pool.submit(neighbours.identity, n));
    await clock.advance(50);
    await outcome;
    assertEquals(await Promise.all(behind), Array.from({ length: 100 }, (_, n) => n));
  });
}

Deno.test(
  "what a killed process had ended is known, also when it was not sent yet",
  linux,
  async () => {
    await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    await warmUp(pool);
    const pid = await pool.submit(neighbours.pid);
    const ended = Array.from({ length: 20 }, (_, n) => pool.submit(neighbours.identity, n));
    const hangs = pool.submit(neighbours.spin);
    await until(() => hangs.running());
    Deno.kill(pid, "SIGKILL");
    await assertRejects(() => hangs.then(), BrokenExecutorError, "SIGKILL");
    assertEquals(await Promise.all(ended), Array.from({ length: 20 }, (_, n) => n));
  },
);
