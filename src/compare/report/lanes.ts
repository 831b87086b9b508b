import type { Trace, TraceSpan } from "../measure/comparison.ts";
import { formatCount, formatTime } from "../measure/figures.ts";
import { box, type Drawing, LEFT, line, RIGHT, shorten, text, ticks } from "./drawing.ts";

/** Up to so many lanes are drawn high enough for a label each. */
const LABELLED = 16;
/** Beyond so many the rest is only counted. */
const DRAWN = 64;
const TITLE = 20;
const GAP = 12;

const TITLES: Readonly<Record<string, string>> = {
  running: "running",
  io: "waiting for I/O",
  lock: "waiting for a lock",
};

/** What each thread, process or task did, for every model of one workload on one scale of time. */
export function drawLanes(traces: readonly Trace[]): Drawing {
  const most = Math.max(...traces.map(({ durationMs }) => durationMs));
  const scale = (RIGHT - LEFT) / most;
  const blocks: string[] = [];
  let y = 0;
  for (const trace of traces) {
    const lanes = lanesOf(trace);
    const step = lanes.length <= LABELLED ? 15 : 7;
    const counted = lanes.length <= DRAWN ? "" : `, ${lanes.length - DRAWN} of them not drawn`;
    blocks.push(
      text(LEFT - 10, y + 13, shorten(trace.model, 20), "end strong"),
      text(
        LEFT + 5,
        y + 13,
        `${formatTime(trace.durationMs)}, ${formatCount(lanes.length, "lane")}${counted}`,
        "soft small",
      ),
    );
    y += TITLE;
    for (const [name, spans] of lanes.slice(0, DRAWN)) {
      if (lanes.length <= LABELLED) {
        blocks.push(text(LEFT - 10, y + 10, shorten(name, 20), "end soft small"));
      }
      blocks.push(...drawLane(spans, y, step - 3, scale));
      y += step;
    }
    y += GAP;
  }
  const grid = ticks(most, 8).flatMap((tick) => {
    const x = LEFT + tick * scale;
    const anchor = x > RIGHT - 24 ? "end" : "mid";
    return [
      line(x, 0, x, y),
      text(
        x,
        y + 14,
        formatTick(tick),
        `soft small ${anchor}`,
      ),
    ];
  });
  return { svg: [...grid, ...blocks, legend(y + 40)].join("\n"), height: y + 48 };
}

function legend(y: number): string {
  let x = LEFT;
  const parts: string[] = [];
  for (const [kind, title] of Object.entries(TITLES)) {
    parts.push(box(x, y - 9, 14, 10, kind), text(x + 20, y, title, "soft small"));
    x += 34 + title.length * 6.5;
  }
  return parts.join("\n");
}

function lanesOf({ spans }: Trace): [string, TraceSpan[]][] {
  const lanes = new Map<string, TraceSpan[]>();
  for (const span of spans) {
    const lane = lanes.get(span.lane);
    if (lane === undefined) lanes.set(span.lane, [span]);
    else lane.push(span);
  }
  return [...lanes].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
}

/** What waits for a lock lies over what runs: it is the part of the call that stood still. */
function drawLane(
  spans: readonly TraceSpan[],
  y: number,
  height: number,
  scale: number,
): string[] {
  return ["running", "io", "lock"].flatMap((kind) =>
    joined(spans.filter((span) => span.kind === kind), 0.75 / scale).map(({ start, end, name }) =>
      box(
        LEFT + start * scale,
        y,
        Math.max(0.6, (end - start) * scale - 0.5),
        height,
        kind,
        `${name}: ${TITLES[kind]} ${formatTime(end - start)}`,
      )
    )
  );
}

/** Joins stretches that no eye could tell apart, so that a file of thousands of calls stays small. */
function joined(spans: readonly TraceSpan[], gap: number): TraceSpan[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  const groups: { first: TraceSpan; end: number; count: number }[] = [];
  for (const span of sorted) {
    const last = groups.at(-1);
    const short = span.end - span.start < gap;
    if (last !== undefined && short && span.start - last.end < gap) {
      last.end = Math.max(last.end, span.end);
      last.count++;
    } else {
      groups.push({ first: span, end: span.end, count: 1 });
    }
  }
  return groups.map(({ first, end, count }) => ({
    ...first,
    end,
    name: count === 1 ? first.name : formatCount(count, "call"),
  }));
}

/** Ticks are round: a time without the zeros behind its point. */
function formatTick(ms: number): string {
  return ms === 0 ? "0" : formatTime(ms).replace(/(\.\d*?)0+ /, "$1 ").replace(". ", " ");
}
