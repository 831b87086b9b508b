import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import {
  absorbTrace,
  addSpan,
  drainTrace,
  type Span,
  startTrace,
  stopTrace,
  trace,
  traceTime,
} from "../../src/core/trace.ts";

const span = (name: string): Span => ({ lane: "main", name, kind: "job", start: 1, end: 2 });

Deno.test("a trace holds what happened between its start and its end, and nothing else", () => {
  addSpan(span("too early"));
  absorbTrace([span("too early")]);
  startTrace();
  assertEquals(trace.active, true);
  addSpan(span("a"));
  assertEquals(drainTrace().map((each) => each.name), ["a"]);
  addSpan(span("b"));
  absorbTrace([span("far")]);
  assertEquals(stopTrace().map((each) => each.name), ["b", "far"]);
  addSpan(span("too late"));
  assertEquals([trace.active, stopTrace()], [false, []]);
});

Deno.test("times of a trace can be compared between processes: they are of the epoch", () => {
  assertEquals(Math.abs(traceTime() - Date.now()) < 1000, true);
});
