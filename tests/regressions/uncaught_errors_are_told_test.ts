/** An error that nobody catches is told, and ends neither the program nor what has nothing to do with it. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { currentThread, setExcepthook, Timer } from "@quartet/concurrency/threading";
import { until } from "@quartet/concurrency/testing";
import { program } from "../support/program.ts";
import { neighbours } from "../support/targets/neighbours.ts";

Deno.test("what a Timer throws goes to the excepthook, and the timer is finished", async () => {
  const seen: unknown[] = [];
  const before = setExcepthook(({ error, thread }) => seen.push([String(error), thread.name]));
  for (
    const fails of [() => {
      throw new RangeError("at once");
    }, () => Promise.reject(new RangeError("later"))]
  ) {
    const timer = new Timer(1, fails).start();
    await timer.join();
    assertEquals(timer.finished.isSet(), true);
  }
  await until(() => seen.length === 2);
  setExcepthook(before);
  const { name } = currentThread();
  assertEquals(seen, [["RangeError: at once", name], ["RangeError: later", name]]);
});

Deno.test("why a process failed is told when its program cannot go on without it, and once", async () => {
  const { code, stderr } = await program("silent_child.ts");
  assertEquals(code, 1, stderr);
  assertEquals(
    stderr.split("Exception in process silent: RangeError: the reason").length,
    2,
    stderr,
  );
  const quiet = await program("silent_child.ts", "quiet");
  assertEquals(quiet, { code: 0, stdout: "the reason\nthe reason\n", stderr: "" });
});

for (const kind of ["threads", "processes"]) {
  Deno.test(`${kind}: a rejection between jobs is told on the standard error, and the pool goes on`, async () => {
    const { code, stdout, stderr } = await program("rejection_between_jobs.ts", kind);
    assertEquals([code, stdout], [0, "lost 1, then 5\n"], stderr);
    assert(stderr.includes("RangeError: nobody listens"), stderr);
    if (kind === "threads") assert(stderr.includes("idler-1"), stderr);
  });

  Deno.test(`${kind}: a forgotten pool lets the program end, also one that keeps workers`, async () => {
    const { code, stdout } = await program("forgotten_pool.ts", kind);
    assertEquals([code, stdout], [0, "5\n5 again\n"]);
  });
}

for (
  const [name, Executor] of [["threads", ThreadPoolExecutor], [
    "processes",
    ProcessPoolExecutor,
  ]] as const
) {
  Deno.test(`${name}: a result with an odd then settles its job once`, async () => {
    await using pool = new Executor({ maxWorkers: 1, concurrencyPerWorker: 2 });
    assertEquals(await pool.submit(neighbours.thenSettlesTwice), 1 as unknown);
    await assertRejects(() => pool.submit(neighbours.thenThrows).then(), RangeError, "then threw");
    await assertRejects(
      () => pool.submit(neighbours.thenGetterThrows).then(),
      RangeError,
      "the getter threw",
    );
    assertEquals(await pool.submit(neighbours.nap, 1), 1);
    const { running, completed } = pool.statistics();
    assertEquals([running, completed], [0, 4]);
  });
}
