/** What the benchmarks found, as data. */
import type { Machine } from "../../../src/compare/measure/comparison.ts";
import type { Contender, Measure } from "./contender.ts";
import { type Figures, median } from "./figures.ts";

/** All that one run of the benchmarks found: what `--json` writes. */
export interface BenchReport {
  readonly version: 1;
  /** The day of the run, in UTC. */
  readonly date: string;
  readonly machine: Machine;
  readonly quick: boolean;
  /** How many other programs wanted each core before the run: the load average of a minute. */
  readonly load: number;
  readonly rows: readonly Row[];
  readonly failures: readonly (Failure & { readonly part: string; readonly title: string })[];
}

/** One of ours in one measurement, beside the limit and the peers. */
export interface Row {
  /** The file, without `_bench.ts`. */
  readonly part: string;
  /** What is measured. */
  readonly title: string;
  /** Which of ours. */
  readonly name: string;
  readonly unit: string;
  readonly better: Measure["better"];
  readonly ours: Figure;
  readonly limit: Figure;
  readonly peers: readonly Figure[];
  /** Ours ÷ the limit. */
  readonly toLimit: Ratio;
  /** Ours ÷ the best peer; `null` without peers. */
  readonly toBestPeer: Ratio | null;
  readonly rounds: number;
  /** What is to be reached. */
  readonly target?: string;
}

/** What a contender measured. */
export interface Figure {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A ratio taken round by round. */
export interface Ratio {
  /** What it is to. */
  readonly to: string;
  readonly median: number;
  /** The ratio of each round: its spread. */
  readonly rounds: readonly number[];
}

/** A contender that failed, and why. */
export interface Failure {
  readonly name: string;
  readonly role: Contender["role"];
  readonly why: string;
}

/** What one call of `bench` found. */
export interface Part {
  readonly part: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly failures: readonly Failure[];
}

/** What names a row in every run. */
export function keyOf({ part, title, name }: Pick<Row, "part" | "title" | "name">): string {
  return `${part}: ${title}: ${name}`;
}

/** The rows of one measurement: one for each of ours that did not fail. */
export function rowsOf(
  part: string,
  measure: Measure,
  figures: Figures,
  failures: readonly Failure[],
): Part {
  const { title, unit, better, target } = measure;
  const whole = figures.contenders
    .filter(({ name }) => failures.every((each) => each.name !== name));
  const { limit } = figures;
  const peers = whole.filter(({ role }) => role === "peer");
  const ours = whole.includes(limit) ? whole.filter(({ role }) => role === "ours") : [];
  const sign = better === "higher" ? -1 : 1;
  const [best] = peers.toSorted((a, b) => sign * (median(figures.of(a)) - median(figures.of(b))));
  const rows = ours.map((own): Row => ({
    part,
    title,
    name: own.name,
    unit,
    better,
    ours: figureOf(figures, own),
    limit: figureOf(figures, limit),
    peers: peers.map((each) => figureOf(figures, each)),
    toLimit: ratioOf(figures, own, limit),
    toBestPeer: best === undefined ? null : ratioOf(figures, own, best),
    rounds: figures.of(own).length,
    ...(target === undefined ? {} : { target }),
  }));
  return { part, title, rows, failures };
}

/** The figures of one contender. */
export function figureOf(figures: Figures, contender: Contender): Figure {
  const all = figures.of(contender);
  return {
    name: contender.name,
    median: rounded(median(all)),
    min: rounded(Math.min(...all)),
    max: rounded(Math.max(...all)),
  };
}

function ratioOf(figures: Figures, own: Contender, other: Contender): Ratio {
  const rounds = figures.ratios(own, other);
  return { to: other.name, median: rounded(median(rounds)), rounds: rounds.map(rounded) };
}

/** As many digits as can mean something. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
