import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { compare, defineWorkload, type Trace, type TraceSpan } from "../../../src/compare/mod.ts";
import { arrange } from "../../../src/compare/measure/trace_recorder.ts";
import type { Span } from "../../../src/core/trace.ts";
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

for (const model of ["threads", "gil", "gil-ticks"] as const) {
  Deno.test(`a trace of the model ${model} has a lane for each thread, and no two calls at once in one`, async () => {
    const { traces } = await compare(builtIn("io", { tasks: 6, delay: 30 }), {
      models: [model],
      workers: 3,
      repeats: 1,
      trace: true,
    });
    const [{ spans, calls, tasks }] = traces as [Trace];
    assertEquals([calls, tasks], [6, 6]);
    assertEquals(lanesOf(spans, "job"), ["thread 1", "thread 2", "thread 3"]);
    assertEquals(lanesOf(spans, "io"), ["thread 1", "thread 2", "thread 3"]);
    const jobs = spans.filter(({ kind }) => kind === "job");
    assertEquals(new Set(jobs.map(({ name }) => name)).size, 6);
    for (const job of jobs) {
      assert(job.submitted! <= job.start, `${job.name} began before it was submitted`);
      const at = jobs.filter(({ lane }) => lane === job.lane);
      assert(at.every((each) => each === job || each.end <= job.start || job.end <= each.start));
    }
    for (const part of spans.filter(({ kind }) => kind !== "job")) {
      const around = jobs.some(({ lane, start, end }) =>
        lane === part.lane && start <= part.start && part.end <= end
      );
      assert(around, `no call around ${part.kind} at ${part.start}`);
    }
  });
}

Deno.test("a trace says how many of the calls it shows", async () => {
  const options = { models: ["sync"], repeats: 1, trace: true } as const;
  const { traces } = await compare(builtIn("messages", { tasks: 400 }), options);
  assertEquals([traces![0]!.calls, traces![0]!.tasks], [200, 400]);
  const jobs = traces![0]!.spans.filter(({ kind }) => kind === "job");
  assertEquals(jobs.length, 200);
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

Deno.test("arrange() keeps calls that overlap with their thread, and drops what is in no call", () => {
  const span = (lane: string, name: string, kind: Span["kind"], start: number, end: number) =>
    ({ lane, name, kind, start, end }) as const;
  const spans = [
    span("w1", "a", "job", 0, 20),
    span("w1", "b", "job", 10, 30),
    span("w2", "c", "job", 0, 5),
    span("w2", "lock", "lock", 6, 7),
    span("w2", "lock", "lock", 1, 2),
  ];
  const placed = arrange(spans, 0, new Map([["a", -1], ["c", 0]]));
  assertEquals(placed.map(({ lane, name, submitted }) => [lane, name, submitted]), [
    ["w1, task 1", "a", -1],
    ["w2", "c", 0],
    ["w2", "lock", undefined],
    ["w1, task 2", "b", undefined],
  ]);
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
