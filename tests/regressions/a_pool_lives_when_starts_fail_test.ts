/** Deaths while starting, and want of descriptors, break no pool: it starts again, and what waits waits. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BrokenExecutorError, ProcessPoolExecutor } from "@quartet/concurrency/futures";
import { children, killIfThere } from "../support/children.ts";
import { program } from "../support/program.ts";
import { neighbours } from "../support/targets/neighbours.ts";

const linux = { ignore: Deno.build.os !== "linux" };

Deno.test(
  "processes that are killed while they start are started again, and nothing fails",
  linux,
  async () => {
    await using pool = new ProcessPoolExecutor({ maxWorkers: 3 });
    const jobs = Array.from({ length: 50 }, (_, n) => pool.submit(neighbours.identity, n));
    const ready = pool.ready();
    const killed = new Set<number>();
    while (killed.size < 5) {
      for (const pid of children()) if (!killed.has(pid) && killIfThere(pid)) killed.add(pid);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assertEquals(await Promise.all(jobs), Array.from({ length: 50 }, (_, n) => n));
    await ready;
    assertEquals(pool.statistics().workers, 3);
  },
);

Deno.test("a pool of which no worker can ever start is broken, and says why", async () => {
  await using pool = new ProcessPoolExecutor({
    maxWorkers: 2,
    initializer: neighbours.exit as (code: number) => never,
    initargs: [7],
  });
  const ready = pool.ready().catch((error) => error);
  const error = await assertRejects(
    () => pool.submit(neighbours.identity, 1).then(),
    BrokenExecutorError,
    "3 workers in a row failed to start",
  );
  assert(String(error.cause).includes("code 7"), String(error.cause));
  assertEquals(await ready, error);
});

Deno.test("a start without descriptors fails nobody, and is tried again", linux, async () => {
  const { code, stdout, stderr } = await program("no_descriptors.ts");
  assertEquals(
    [code, stdout],
    [0, "beside the living: 10 of 10\nonce there are again: 10 of 10\n"],
    stderr,
  );
});
