/** A comparison as a page carries it: the spans of traces, of which there are thousands, as columns. */
import type { SpanKind } from "../../core/trace.ts";
import type { Comparison, Trace, TraceSpan } from "../measure/comparison.ts";

/** A comparison with packed traces; everything else is as it was. */
export type PackedComparison = Omit<Comparison, "traces"> & { readonly traces?: PackedTrace[] };

/** A trace as columns: one entry for each span. Times are whole microseconds. */
export interface PackedTrace extends Omit<Trace, "spans"> {
  /** The names of the lanes, and for each span which of them. */
  readonly lanes: readonly string[];
  readonly lane: readonly number[];
  /** What spans are called, and for each which of these names. */
  readonly names: readonly string[];
  readonly name: readonly number[];
  /** A letter for each span. */
  readonly kinds: string;
  /** When it began, since the one before began. */
  readonly starts: readonly number[];
  /** How long it took. */
  readonly lengths: readonly number[];
  /** Of each whole call: when it was submitted, or `null`. */
  readonly submits?: readonly (number | null)[];
}

const LETTERS: Readonly<Record<SpanKind, string>> = { job: "j", running: "r", io: "i", lock: "l" };
const KINDS: ReadonlyMap<string, SpanKind> = new Map(
  Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as SpanKind]),
);

/** Packs the traces of a comparison. */
export function packComparison(comparison: Comparison): PackedComparison {
  const { traces, ...rest } = comparison;
  return traces === undefined ? rest : { ...rest, traces: traces.map(packTrace) };
}

/** The comparison that was packed, its times to the microsecond. */
export function unpackComparison(packed: PackedComparison): Comparison {
  const { traces, ...rest } = packed;
  return traces === undefined ? rest : { ...rest, traces: traces.map(unpackTrace) };
}

/** What is of no known kind is drawn nowhere, and left out. */
function packTrace({ spans: all, ...trace }: Trace): PackedTrace {
  const spans = all.filter(({ kind }) => Object.hasOwn(LETTERS, kind));
  const lanes = new Map<string, number>();
  const names = new Map<string, number>();
  let before = 0;
  const starts = spans.map(({ start }) => {
    const at = micros(start);
    const since = at - before;
    before = at;
    return since;
  });
  const submits = spans.filter(({ kind }) => kind === "job")
    .map(({ submitted }) => submitted === undefined ? null : micros(submitted));
  return {
    ...trace,
    ...(submits.some((each) => each !== null) ? { submits } : {}),
    lane: spans.map(({ lane }) => numberOf(lane, lanes)),
    name: spans.map(({ name }) => numberOf(name, names)),
    lanes: [...lanes.keys()],
    names: [...names.keys()],
    kinds: spans.map(({ kind }) => LETTERS[kind]).join(""),
    starts,
    lengths: spans.map(({ start, end }) => micros(end) - micros(start)),
  };
}

function unpackTrace(packed: PackedTrace): Trace {
  const { lanes, lane, names, name, kinds, starts, lengths, submits = [], ...trace } = packed;
  let start = 0;
  let job = 0;
  const spans = starts.map((since, i): TraceSpan => {
    start += since;
    const kind = KINDS.get(kinds[i]!)!;
    const submitted = kind === "job" ? submits[job++] ?? null : null;
    return {
      lane: lanes[lane[i]!]!,
      name: names[name[i]!]!,
      kind,
      start: start / 1000,
      end: (start + lengths[i]!) / 1000,
      ...(submitted === null ? {} : { submitted: submitted / 1000 }),
    };
  });
  return { ...trace, spans };
}

function numberOf(name: string, numbers: Map<string, number>): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

function micros(ms: number): number {
  return Math.round(ms * 1000);
}
