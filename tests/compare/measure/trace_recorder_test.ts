import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { compare, defineWorkload, type TraceSpan } from "../../../src/compare/mod.ts";
import { arrange } from "../../../src/compare/measure/trace_recorder.ts";
import { Lock } from "../../../src/threading/mod.ts";
import { builtIn } from "../../../src/compare/workloads/built_in.ts";
import { takeTurn } from "../../support/targets/turns.ts";

function lanesOf(spans: readonly TraceSpan[], kind: string): string[] {
  return [...new Set(spans.filter((span) => span.kind === kind).map(({ lane }) => lane))].sort();
}

Deno.test("a trace shows which thread waited for a lock, within its call", async () => {
  const lock = new Lock();
  const turns = defineWorkload({ name: "turns", run: takeTurn, inputs: Array(6).fill(lock) });
  const { traces } = await compare(turns, {
    models: ["threads"],
    workers: 2,
    repeats: 1,
    trace: true,
  });
  const { spans, durationMs } = traces![0]!;
  assertEquals(lanesOf(spans, "job"), ["thread 1", "thread 2"]);
  const waits = spans.filter(({ kind }) => kind === "lock");
  assert(waits.some(({ start, end }) => end - start > 5), "nobody waited");
  for (const { lane, start, end } of waits) {
    const around = spans.some((job) =>
      job.kind === "job" && job.lane === lane && job.start <= start && end <= job.end
    );
    assert(around && end <= durationMs, `no call around ${lane} ${start}`);
  }
});

Deno.test("a trace of the model gil shows threads that take turns", async () => {
  const { traces, results } = await compare(builtIn("cpu", { tasks: 4 }), {
    models: ["threads", "gil"],
    workers: 2,
    repeats: 1,
    trace: true,
  });
  assertEquals(new Set(results.map(({ checksum }) => checksum)).size, 1);
  const waited = traces!.map(({ spans }) =>
    spans.filter(({ kind }) => kind === "lock")
      .reduce((total, { start, end }) => total + end - start, 0)
  );
  assertEquals(waited[0], 0);
  assert(waited[1]! > 20, `waited ${waited[1]} ms for their turns`);
});

Deno.test("a trace gives each of several async calls that overlap a lane of its own", async () => {
  const { traces } = await compare(builtIn("io", { tasks: 3 }), {
    models: ["async"],
    repeats: 1,
    trace: true,
  });
  const { spans } = traces![0]!;
  assertEquals(lanesOf(spans, "io"), ["task 1", "task 2", "task 3"]);
  for (const { start, end } of spans.filter(({ kind }) => kind === "io")) {
    assert(end - start > 150, `waited ${end - start} ms only`);
  }
});

Deno.test("a trace tells processes apart", async () => {
  const { traces } = await compare(builtIn("cpu", { tasks: 4 }), {
    models: ["processes"],
    workers: 2,
    repeats: 1,
    trace: true,
  });
  const { spans, durationMs } = traces![0]!;
  assertEquals(lanesOf(spans, "running"), ["process 1", "process 2"]);
  assert(spans.every(({ start, end }) => 0 <= start && start <= end && end <= durationMs + 5));
});

Deno.test("arrange() uses a lane again when its call has ended, and drops what was before", () => {
  const job = (name: string, start: number, end: number) =>
    ({ lane: "main", name, kind: "job", start, end }) as const;
  const spans = [job("early", 0, 5), job("a", 10, 20), job("b", 12, 15), job("c", 16, 30)];
  assertEquals(arrange(spans, 10).map(({ lane, name, start }) => [lane, name, start]), [
    ["task 1", "a", 0],
    ["task 2", "b", 2],
    ["task 2", "c", 6],
  ]);
});
