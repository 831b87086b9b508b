import { formatCount, formatTime } from "../../measure/figures.ts";
import {
  KIND_SHARES,
  KIND_TITLES,
  LABELLED,
  type Lane,
  LANE_KINDS,
  type LaneChart,
  type LaneKind,
  type LaneModel,
  modelLine,
  timeUnit,
} from "../lanes.ts";
import { axisTo } from "./axis.ts";
import { drawLegend } from "./legend.ts";
import { boxes, NARROW, type Part, shorten, text } from "./marks.ts";

/** Beyond so many the rest of a model's lanes is only counted. */
const DRAWN = 64;
const TITLE = 20;
const GAP = 12;

/** What each thread, process or task did, for every model on one scale of time. */
export function drawLanes({ models, durationMs, axis }: LaneChart, width: number): Part {
  const narrow = width <= NARROW;
  const [left, right] = [narrow ? 92 : 150, width - (narrow ? 14 : 24)];
  const { unit, ms } = timeUnit(durationMs);
  const scale = axisTo(durationMs / ms, left, right);
  const x = (time: number) => scale.x(time / ms);
  const blocks: string[] = [];
  let y = 0;
  for (const model of models) {
    const block = drawModel(model, y, left, x, narrow ? 12 : 20);
    blocks.push(block.svg);
    y += block.height + GAP;
  }
  const grid = scale.draw(y, `${axis}, ${unit}`);
  const entries = LANE_KINDS.map((kind) => ({ mark: kind, words: KIND_TITLES[kind] }));
  const legend = drawLegend(entries, narrow ? 14 : left, width);
  return {
    svg: `${grid.svg}\n${blocks.join("\n")}\n<g transform="translate(0 ${
      grid.height + 8
    })">${legend.svg}</g>`,
    height: grid.height + 8 + legend.height,
  };
}

function drawModel(
  model: LaneModel,
  top: number,
  left: number,
  x: (ms: number) => number,
  characters: number,
): Part {
  const { lanes } = model;
  const step = lanes.length <= LABELLED ? 15 : 7;
  const more = lanes.length <= DRAWN ? "" : `, ${lanes.length - DRAWN} of them not drawn`;
  const parts = [
    text(left - 10, top + 13, shorten(model.model, characters), "end strong"),
    text(left + 5, top + 13, modelLine(model) + more, "soft small"),
  ];
  let y = top + TITLE;
  for (const lane of lanes.slice(0, DRAWN)) {
    if (lanes.length <= LABELLED) {
      parts.push(text(left - 10, y + 10, shorten(lane.name, characters), "end soft small"));
    }
    parts.push(...LANE_KINDS.map((kind) => drawKind(lane, kind, y, step - 3, x)));
    y += step;
  }
  return { svg: parts.filter((part) => part !== "").join("\n"), height: y - top };
}

/** All that a lane did of one kind. */
function drawKind(
  { name, calls, totals, spans }: Lane,
  kind: LaneKind,
  y: number,
  height: number,
  x: (ms: number) => number,
): string {
  const stretches = joined(
    spans.filter((span) => span.kind === kind).map(({ start, end }) => [x(start), x(end)] as const),
  );
  if (stretches.length === 0) return "";
  return boxes(
    stretches.map(([from, to]) => [from, Math.max(from + 0.6, to - 0.5)]),
    y + height / 2,
    height * KIND_SHARES[kind],
    kind,
    `${name}, ${formatCount(calls, "call")}: ${KIND_TITLES[kind]} ${formatTime(totals[kind])}`,
  );
}

/** Joins stretches that no eye could tell apart, so that a file of thousands of calls stays small. */
function joined(stretches: readonly (readonly [number, number])[]): [number, number][] {
  const joint: [number, number][] = [];
  for (const [from, to] of stretches) {
    const last = joint.at(-1);
    if (last !== undefined && to - from < 0.75 && from - last[1] < 0.75) {
      last[1] = Math.max(last[1], to);
    } else {
      joint.push([from, to]);
    }
  }
  return joint;
}
