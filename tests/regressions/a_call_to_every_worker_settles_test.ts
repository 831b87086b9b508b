// A broadcast to a worker that died before it began was told nothing, and never settled.
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import {
  BrokenExecutorError,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
} from "@quartet/concurrency/futures";
import { Event } from "@quartet/concurrency/threading";
import { halt, isHalting } from "../support/halt.ts";

Deno.test("a broadcast to a process that is killed before it begins fails", {
  ignore: !isHalting,
}, async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const pid = await pool.submit(() => Deno.pid);
  await halt(pid);
  const results = pool.broadcast(() => Deno.pid);
  await new Promise((resolve) => setTimeout(resolve, 0)); // it is sent in this turn
  Deno.kill(pid, "SIGKILL");
  await assertRejects(() => results, BrokenExecutorError, "before it began");
  assertEquals(await pool.submit((n: number) => n, 1), 1);
});

Deno.test("a broadcast to a thread that ends before it begins fails", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const [begun, end] = [new Event(), new Event()];
  const job = pool.submit(
    (begun: Event, end: Event) => {
      begun.set();
      end.waitSync();
      Deno.exit();
    },
    begun,
    end,
  );
  await begun.wait();
  const results = pool.broadcast(() => 1);
  await new Promise((resolve) => setTimeout(resolve, 0)); // it is sent in this turn
  end.set();
  await assertRejects(async () => await job, BrokenExecutorError);
  await assertRejects(() => results, BrokenExecutorError, "before it began");
  assertEquals(await pool.submit((n: number) => n, 1), 1);
});
