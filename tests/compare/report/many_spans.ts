import type { Comparison, TraceSpan } from "../../../src/compare/mod.ts";

const small: Comparison = JSON.parse(
  Deno.readTextFileSync(new URL("./golden/comparison.json", import.meta.url)),
);

/** A comparison whose longest trace has so many spans of running and waiting, in 16 lanes. */
export function manySpans(count: number): Comparison {
  const ends = new Float64Array(16);
  const spans: TraceSpan[] = [];
  for (let call = 0; call * 2 < count; call++) {
    const i = call % ends.length;
    // Lengths that differ, without chance: from 0.1 to 1.1 ms.
    const [gap, runs, waits] = [7, 13, 29].map((prime) => 0.1 + (call * prime % 101) / 101);
    const start = round(ends[i]! + gap!);
    const [turn, end] = [round(start + runs!), round(start + runs! + waits!)];
    ends[i] = end;
    const common = { lane: `thread ${i + 1}`, name: `many ${call + 1}` };
    spans.push(
      { ...common, kind: "job", start, end },
      { ...common, kind: "running", start, end: turn },
      { ...common, kind: call % 5 === 0 ? "lock" : "io", start: turn, end },
    );
  }
  const result = { ...small.results[0]!, workload: "many", model: "threads" };
  const trace = { ...small.traces![0]!, workload: "many", model: "threads" };
  return {
    ...small,
    results: [result],
    verdicts: [],
    traces: [{ ...trace, durationMs: Math.max(...ends), spans }],
  };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
