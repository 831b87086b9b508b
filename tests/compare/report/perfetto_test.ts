/** Traces keep to the Trace Event Format, as Perfetto and chrome://tracing read it. */
import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { type Comparison, toTrace, type Trace, type TraceSpan } from "../../../src/compare/mod.ts";

interface Event {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: number;
  readonly bp?: string;
  readonly args?: Record<string, unknown>;
}

const golden: Comparison = JSON.parse(
  Deno.readTextFileSync(new URL("./golden/comparison.json", import.meta.url)),
);

/** Three calls of two threads: the third waits for the first. */
const queued: Trace = {
  ...golden.traces![0]!,
  workload: "queued",
  model: "threads",
  spans: [
    ...call("thread 1", "queued 1", 0, 1, 5),
    ...call("thread 2", "queued 2", 0, 1.5, 4),
    ...call("thread 1", "queued 3", 0.5, 5, 9),
  ],
};

function call(lane: string, name: string, submitted: number, start: number, end: number) {
  return [
    { lane, name, kind: "job", start, end, submitted },
    { lane, name, kind: "running", start, end },
  ] satisfies TraceSpan[];
}

function eventsOf(...traces: Trace[]): Event[] {
  const file = JSON.parse(toTrace({ ...golden, traces }));
  assertEquals(Object.keys(file).sort(), ["displayTimeUnit", "traceEvents"]);
  return file.traceEvents;
}

/** What is around a moment on a thread. */
function around(events: readonly Event[], { pid, tid, ts }: Event): Event[] {
  return events.filter((each) =>
    each.ph === "X" && each.pid === pid && each.tid === tid &&
    each.ts! <= ts! && ts! <= each.ts! + each.dur!
  );
}

Deno.test("toTrace() gives each event the fields that its phase asks for", () => {
  const whole = (value: unknown) => Number.isInteger(value) && Number(value) >= 0;
  for (const each of eventsOf(...golden.traces!, queued)) {
    assert(whole(each.pid) && whole(each.tid) && each.name.length > 0, JSON.stringify(each));
    if (each.ph === "M") {
      assert(["process_name", "process_sort_index", "thread_name"].includes(each.name));
      assertEquals(Object.keys(each.args!).length, 1);
      continue;
    }
    assert(whole(each.ts), JSON.stringify(each));
    if (each.ph === "X") assert(whole(each.dur), JSON.stringify(each));
    else if (each.ph === "C") assert(Object.values(each.args!).every(whole), JSON.stringify(each));
    else assert(["s", "f"].includes(each.ph) && whole(each.id), JSON.stringify(each));
  }
});

Deno.test("toTrace() nests what lies in a thread: no stretch crosses the end of another", () => {
  const threads = Map.groupBy(
    eventsOf(...golden.traces!, queued).filter(({ ph }) => ph === "X"),
    ({ pid, tid }) => `${pid} ${tid}`,
  );
  for (const stretches of threads.values()) {
    for (const a of stretches) {
      for (const b of stretches) {
        const [first, second] = a.ts! <= b.ts! ? [a, b] : [b, a];
        const end = first.ts! + first.dur!;
        assert(
          second.ts! >= end || second.ts! + second.dur! <= end || second.ts === first.ts,
          `${JSON.stringify(first)} is crossed by ${JSON.stringify(second)}`,
        );
      }
    }
  }
});

Deno.test("toTrace() draws an arrow from each submission to its call", () => {
  const events = eventsOf(queued, queued);
  const [begins, ends] = ["s", "f"].map((ph) => events.filter((each) => each.ph === ph));
  assertEquals([begins!.length, ends!.length], [6, 6]);
  assertEquals(new Set(begins!.map(({ id }) => id)).size, 6);
  const submits = events.filter(({ pid, cat, ph }) => pid === 1 && cat === "submit" && ph === "X");
  assertEquals(submits.map(({ ts, name }) => [ts, name]), [
    [0, "submit 2 calls"],
    [500, "submit queued 3"],
  ]);
  for (const begin of begins!) {
    const end = ends!.find(({ id }) => id === begin.id)!;
    assertEquals([end.name, end.cat, end.pid, end.bp], [begin.name, begin.cat, begin.pid, "e"]);
    assert(begin.ts! <= end.ts!);
    assertEquals(around(events, begin).map(({ cat }) => cat), ["submit"]);
    assert(around(events, end).some(({ cat, ts }) => cat === "job" && ts === end.ts));
  }
});

Deno.test("toTrace() counts how many calls wait and how many run", () => {
  const counted = eventsOf(queued).filter(({ ph }) => ph === "C");
  assertEquals(counted.map(({ ts, args }) => [ts, args!.waiting, args!.running]), [
    [0, 2, 0],
    [500, 3, 0],
    [1000, 2, 1],
    [1500, 1, 2],
    [4000, 1, 1],
    [5000, 0, 1],
    [9000, 0, 0],
  ]);
});

Deno.test("toTrace() does without what was not recorded", () => {
  const spans = queued.spans.map(({ submitted: _, ...span }) => span);
  const phases = new Set(eventsOf({ ...queued, spans }).map(({ ph }) => ph));
  assertEquals([...phases].sort(), ["M", "X"]);
  assertEquals(eventsOf(), []);
});
