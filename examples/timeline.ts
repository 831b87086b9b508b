/** Draws who did what when, in a terminal: a lane for each worker, a letter for each kind of span. */

/** Something that took time; milliseconds on any clock that all lanes share. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** The character it is drawn with. */
  readonly mark: string;
}

/** A lane with its name. */
export interface Lane {
  readonly name: string;
  readonly spans: readonly Span[];
}

/** Milliseconds since 1970, finer than `Date.now()`: the one clock that threads and processes share. */
export function wallTime(): number {
  return performance.timeOrigin + performance.now();
}

/** How many lanes at most had a span with the mark at the same moment; spans that only touch do not overlap. */
export function mostAtOnce(lanes: readonly Lane[], mark: string): number {
  const edges = lanes.flatMap(({ spans }) =>
    spans.filter((span) => span.mark === mark)
      .flatMap(({ start, end }) => [{ at: start, step: 1 }, { at: end, step: -1 }])
  ).sort((a, b) => a.at - b.at || a.step - b.step);
  let now = 0, most = 0;
  for (const { step } of edges) most = Math.max(most, now += step);
  return most;
}

/**
 * The lanes as text, `width` columns wide, with the milliseconds (or what `unit` says) below.
 *
 * A column shows what took the most of its time; a span that is shorter than a column is not left out for that.
 */
export function drawTimeline(lanes: readonly Lane[], width = 60, unit = "ms"): string {
  const spans = lanes.flatMap((lane) => lane.spans);
  const start = Math.min(...spans.map((span) => span.start));
  const end = Math.max(...spans.map((span) => span.end));
  const column = (end - start) / width || 1;
  const nameWidth = Math.max(...lanes.map((lane) => lane.name.length));
  const rows = lanes.map(({ name, spans }) => {
    let row = "";
    for (let i = 0; i < width; i++) {
      const from = start + i * column;
      const share = (span: Span): number =>
        Math.min(span.end, from + column) - Math.max(span.start, from);
      const most = spans.filter((span) => share(span) > 0).sort((a, b) => share(b) - share(a))[0];
      row += most?.mark ?? " ";
    }
    return `${name.padEnd(nameWidth)} │${row}│`;
  });
  const total = `${Math.round(end - start)} ${unit}`;
  return [...rows, `${" ".repeat(nameWidth)} 0${total.padStart(width)}`].join("\n");
}
