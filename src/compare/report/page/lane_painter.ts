/// <reference lib="dom" />
import { KIND_SHARES, LANE_KINDS, type LaneKind } from "../lanes.ts";
import { shorten } from "../svg/marks.ts";
import { FONT } from "../svg/theme.ts";
import { firstAfter, type LaneRow } from "./lane_layout.ts";

/** What a picture of lanes is painted with. */
export interface LanePainting {
  readonly rows: readonly LaneRow[];
  readonly width: number;
  readonly height: number;
  /** Where lanes begin, right of their names. */
  readonly left: number;
  /** Where they end. */
  readonly right: number;
  /** From milliseconds to pixels. */
  readonly x: (time: number) => number;
  /** The times at both ends. */
  readonly from: number;
  readonly to: number;
  /** Where the lines of the axis stand. */
  readonly ticks: readonly number[];
  /** What the keyboard is at. */
  readonly cursor: { readonly row: LaneRow; readonly span: number } | undefined;
}

/** Paints lanes: what is outside of the picture costs nothing, what is too narrow to be seen is joined. */
export function paintLanes(canvas: HTMLCanvasElement, painting: LanePainting): void {
  const { width, height, left, right, rows, x } = painting;
  const density = globalThis.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== across || canvas.height !== down) {
    [canvas.width, canvas.height] = [across, down];
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d")!;
  const style = getComputedStyle(canvas);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour("line");
  for (const tick of painting.ticks) context.fillRect(Math.round(x(tick)), 0, 1, height);
  paintWords(context, painting, colour("ink"), colour("soft"));
  context.save();
  context.beginPath();
  context.rect(left, 0, right - left, height);
  context.clip();
  for (const kind of LANE_KINDS) {
    context.fillStyle = colour(kind);
    context.beginPath();
    for (const row of rows) tracePath(context, row, kind, painting);
    context.fill();
  }
  if (painting.cursor !== undefined) {
    const { row, span } = painting.cursor;
    const { start, end } = row.spans[span]!;
    context.strokeStyle = colour("ink");
    context.lineWidth = 2;
    context.strokeRect(x(start) - 2, row.y - 1, Math.max(1, x(end) - x(start)) + 4, row.height + 2);
  }
  context.restore();
}

function paintWords(
  context: CanvasRenderingContext2D,
  { rows, left }: LanePainting,
  ink: string,
  soft: string,
): void {
  const characters = Math.max(6, Math.floor((left - 10) / 6.4));
  context.textBaseline = "alphabetic";
  for (const { y, lane, model, about, labelled } of rows) {
    if (lane === undefined) {
      context.textAlign = "end";
      context.fillStyle = ink;
      context.font = `600 12px ${FONT}`;
      context.fillText(shorten(model, characters), left - 10, y + 15);
      context.textAlign = "start";
      context.fillStyle = soft;
      context.font = `11px ${FONT}`;
      context.fillText(about, left + 5, y + 15);
    } else if (labelled) {
      context.textAlign = "end";
      context.fillStyle = soft;
      context.font = `11px ${FONT}`;
      context.fillText(shorten(lane.name, characters), left - 10, y + 11);
    }
  }
}

/** Adds the boxes of one kind in one lane. */
function tracePath(
  context: CanvasRenderingContext2D,
  row: LaneRow,
  kind: LaneKind,
  { x, from, to }: LanePainting,
): void {
  const height = row.height * KIND_SHARES[kind];
  const top = row.y + (row.height - height) / 2;
  let [begin, end] = [NaN, NaN];
  for (let i = firstAfter(row, from); i < row.spans.length; i++) {
    const span = row.spans[i]!;
    if (span.start > to) break;
    if (span.kind !== kind) continue;
    const [left, right] = [x(span.start), x(span.end)];
    if (right - left < 0.75 && left - end < 0.75) {
      end = Math.max(end, right);
    } else {
      if (end >= begin) context.rect(begin, top, Math.max(0.6, end - begin - 0.4), height);
      [begin, end] = [left, right];
    }
  }
  if (end >= begin) context.rect(begin, top, Math.max(0.6, end - begin - 0.4), height);
}
