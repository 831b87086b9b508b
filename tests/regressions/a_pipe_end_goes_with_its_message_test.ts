/** An end of a pipe belongs to the process that its message goes to: no other's death closes it. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { type Connection, EOFError, Pipe, portable } from "@quartet/concurrency/multiprocessing";
import { ProcessPoolExecutor } from "@quartet/concurrency/futures";
import { halt, isHalting } from "../support/halt.ts";

const jobs = portable(import.meta, {
  async echo(pipe: Connection): Promise<void> {
    await pipe.send(await pipe.recv());
  },
  async nap(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
  },
  pid(): number {
    return Deno.pid;
  },
  die(): void {
    Deno.exit(3);
  },
});

Deno.test("the death of a process whose message went out next closes nothing of another's", {
  ignore: !isHalting,
}, async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 2 });
  await pool.ready();
  // Each worker knows its function, so that nothing but the jobs themselves is sent below.
  const [near, far] = Pipe();
  const [warmNear, warmFar] = Pipe();
  const warm = pool.submit(jobs.echo, warmFar);
  await warmNear.send(1);
  await warmNear.recv();
  await warm;
  const pid = await pool.submit(jobs.pid);
  await halt(pid); // it cannot say that it has the end before the other one is dead
  const echo = pool.submit(jobs.echo, far);
  const death = pool.submit(jobs.die); // its first use there: it is told of at once, before the echo is sent
  await assertRejects(async () => await death);
  Deno.kill(pid, "SIGCONT");
  await near.send("still there");
  assertEquals(await near.recv({ timeout: 60_000 }), "still there");
  await echo;
  near.close();
  warmNear.close();
});

Deno.test("the death of the process that it went to closes it", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const [near, far] = Pipe();
  const job = pool.submitWith({ timeout: 50 }, holds, far);
  await assertRejects(async () => await job);
  await assertRejects(() => near.recv({ timeout: 60_000 }), EOFError);
});

const holds = portable(import.meta, async function holds(pipe: Connection): Promise<void> {
  await pipe.recv();
});
