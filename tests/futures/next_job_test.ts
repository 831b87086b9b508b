/** A worker whose jobs are not short has its next one already, and nobody is worse off for that. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { ProcessPoolExecutor, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { Event as ProcessEvent } from "@quartet/concurrency/multiprocessing";
import { until } from "@quartet/concurrency/testing";
import { Event, Value } from "@quartet/concurrency/threading";
import { nextJobs } from "../support/targets/next_jobs.ts";

/** So many jobs make known how long they take. */
const KNOWN = 10;

Deno.test("a job of a higher priority begins before those that wait inside workers", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const begun = new Value(0);
  for (let i = 0; i < KNOWN; i++) await pool.submit(nextJobs.begin, begun, null);
  begun.set(0);
  const gate = new Event();
  const first = pool.submit(nextJobs.begin, begun, gate);
  const rest = [1, 2, 3].map(() => pool.submit(nextJobs.begin, begun, null));
  await until(() => first.running() && pool.statistics().running === 2);
  const urgent = pool.submitWith({ priority: 1 }, nextJobs.begin, begun, null);
  await until(() => pool.statistics().queued === 3);
  gate.set();
  assertEquals([await urgent, ...await Promise.all(rest)], [1, 2, 3, 4]);
});

Deno.test("a job that waits inside a busy worker moves to one that is free", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
  const begun = new Value(0);
  for (let i = 0; i < KNOWN; i++) await pool.submit(nextJobs.begin, begun, null);
  const gates = [new Event(), new Event()];
  const held = gates.map((gate) => pool.submit(nextJobs.begin, begun, gate));
  await until(() => held.every((each) => each.running()));
  const rest = Array.from({ length: 3 }, () => pool.submit(nextJobs.begin, begun, null));
  await until(() => pool.statistics().running === 3);
  gates[1]!.set();
  await Promise.all(rest); // one of them stood behind the job that is still held
  assertEquals(held[0]!.running(), true);
  gates[0]!.set();
  await Promise.all(held);
});

Deno.test("a result comes home while the next job runs, from a thread and from a process", async () => {
  await using threads = new ThreadPoolExecutor({ maxWorkers: 1 });
  await using processes = new ProcessPoolExecutor({ maxWorkers: 1 });
  const begun = new Value(0);
  const open = new Event();
  const shut = new Event();
  const openAfar = new ProcessEvent();
  const shutAfar = new ProcessEvent();
  const kinds = [
    {
      pool: threads,
      run: (gate: "open" | "shut" | null) =>
        threads.submit(
          nextJobs.begin,
          begun,
          gate === null ? null : gate === "open" ? open : shut,
        ) as PromiseLike<unknown>,
      release: async (gate: "open" | "shut") => await (gate === "open" ? open : shut).set(),
    },
    {
      pool: processes,
      run: (gate: "open" | "shut" | null) =>
        processes.submit(
          nextJobs.passGate,
          gate === null ? null : gate === "open" ? openAfar : shutAfar,
        ) as PromiseLike<unknown>,
      release: async (gate: "open" | "shut") => await (gate === "open" ? openAfar : shutAfar).set(),
    },
  ];
  for (const { pool, run, release } of kinds) {
    for (let i = 0; i < KNOWN; i++) await run(null);
    const first = run("open");
    const next = run("shut");
    const last = [run(null), run(null)];
    await until(() => pool.statistics().running === 2);
    await release("open");
    await first; // while `next` holds the worker
    await release("shut");
    await Promise.all([next, ...last]);
  }
});
