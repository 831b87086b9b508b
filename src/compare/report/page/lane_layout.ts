import {
  LABELLED,
  type Lane,
  LANE_KINDS,
  type LaneChart,
  type LaneKind,
  type LaneSpan,
  modelLine,
} from "../lanes.ts";

/** A line of the picture: the heading of a model, or a lane. */
export interface LaneRow {
  /** Where it begins, in pixels from the top. */
  readonly y: number;
  /** How high a lane is. */
  readonly height: number;
  /** The model. */
  readonly model: string;
  /** Beside the heading: how long the run took and how many lanes it has. */
  readonly about: string;
  /** The lane; a heading has none. */
  readonly lane: Lane | undefined;
  /** Whether the name of the lane fits. */
  readonly labelled: boolean;
  /** What is shown of the lane, in the order of its beginning. */
  readonly spans: readonly LaneSpan[];
  /** The greatest end up to each span: what lies under the pointer is found by bisection. */
  readonly ends: Float64Array;
}

/** What is shown. */
export interface LaneFilter {
  readonly kinds: ReadonlySet<LaneKind>;
  readonly models: ReadonlySet<string>;
}

/** A canvas can be no higher. */
const MOST_PIXELS = 6000;
const HEADING = 22;
const GAP = 10;

/** Everything: the filter that a picture begins with. */
export function unfiltered({ models }: LaneChart): LaneFilter {
  return { kinds: new Set(LANE_KINDS), models: new Set(models.map(({ model }) => model)) };
}

/** Places the lanes that a filter leaves, from the top down. */
export function placeLanes(
  { models }: LaneChart,
  filter: LaneFilter,
): { readonly rows: LaneRow[]; readonly height: number } {
  const shown = models.filter(({ model }) => filter.models.has(model));
  const rows: LaneRow[] = [];
  let y = 0;
  for (const model of shown) {
    const count = model.lanes.length;
    const step = count <= LABELLED ? 17 : count <= 64 ? 8 : 5;
    const most = Math.floor((MOST_PIXELS / shown.length - HEADING - GAP) / step);
    const more = count > most ? `, ${count - most} of them not drawn` : "";
    const common = { model: model.model, about: modelLine(model) + more };
    const none = { spans: [], ends: new Float64Array(0) };
    rows.push({ ...common, ...none, y, height: HEADING, lane: undefined, labelled: true });
    y += HEADING;
    for (const lane of model.lanes.slice(0, most)) {
      const spans = lane.spans.filter(({ kind }) => filter.kinds.has(kind));
      const ends = greatestEnds(spans);
      const height = step - (step > 6 ? 3 : 1);
      rows.push({ ...common, y, height, lane, labelled: count <= LABELLED, spans, ends });
      y += step;
    }
    y += GAP;
  }
  return { rows, height: Math.max(HEADING, y) };
}

/** The first span that ends after a time; spans are in the order of their beginning. */
export function firstAfter({ ends }: LaneRow, time: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The span at a time, or the nearest one that is not further away than `slack`. */
export function spanAt(row: LaneRow, time: number, slack: number): number | undefined {
  let found: number | undefined;
  let nearest = slack;
  for (let i = firstAfter(row, time - slack); i < row.spans.length; i++) {
    const { start, end } = row.spans[i]!;
    if (start > time + slack) break;
    const distance = time < start ? start - time : time > end ? time - end : 0;
    if (distance <= nearest) [found, nearest] = [i, distance];
  }
  return found;
}

function greatestEnds(spans: readonly LaneSpan[]): Float64Array {
  let greatest = -Infinity;
  return Float64Array.from(spans, ({ end }) => greatest = Math.max(greatest, end));
}
