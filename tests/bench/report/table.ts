/** The tables of the benchmarks, in Markdown, which a terminal shows as well. */
import { markdownTable } from "markdown-table";
import { formatRatio } from "../../../src/compare/measure/figures.ts";
import type { Measure } from "./contender.ts";
import { type Figures, median } from "./figures.ts";
import {
  type BenchReport,
  type Failure,
  type Figure,
  figureOf,
  type Ratio,
  type Row,
} from "./row.ts";

/** From the least to the most of the rounds. */
export function spreadOf({ rounds }: Ratio): string {
  return `${formatRatio(Math.min(...rounds))} – ${formatRatio(Math.max(...rounds))}`;
}

/** Which way is better, beside a unit. */
const ARROWS = { higher: "↑", lower: "↓" } as const;

/** What the tables' signs mean. */
export const LEGEND = "↑: more is better, ↓: less is better; a ratio is the median of the rounds";

/** One row for each of ours. */
export function rowsTable(rows: readonly Row[], nameOf: (row: Row) => string = nameInPart): string {
  return markdownTable([
    [
      "what",
      "ours",
      "unit",
      "limit",
      "÷ limit",
      "best peer",
      "÷ peer",
      "rounds",
      "÷ limit from – to",
    ],
    ...rows.map((row) => [
      nameOf(row),
      formatFigure(row.ours.median),
      unitOf(row),
      formatFigure(row.limit.median),
      formatRatio(row.toLimit.median),
      row.toBestPeer === null ? "" : withName(bestPeer(row)),
      row.toBestPeer === null ? "" : formatRatio(row.toBestPeer.median),
      String(row.rounds),
      spreadOf(row.toLimit),
    ]),
  ], { align: ["l", "r", "l", "r", "r", "l", "r", "r", "r"] });
}

/** Every contender of one measurement. */
export function contendersTable(
  measure: Measure,
  figures: Figures,
  failures: readonly Failure[],
): string {
  const rows = figures.contenders.map((contender) => {
    const failure = failures.find(({ name }) => name === contender.name);
    if (failure !== undefined) return [contender.name, contender.role, "failed"];
    const { median: middle, min, max } = figureOf(figures, contender);
    const ratios = figures.ratios(contender, figures.limit);
    return [
      contender.name,
      contender.role,
      ...[middle, min, max].map(formatFigure),
      ratios.length === 0 ? "" : formatRatio(median(ratios)),
    ];
  });
  const table = markdownTable([
    ["contender", "role", "median", "min", "max", "÷ limit"],
    ...rows,
  ], { align: ["l", "l", "r", "r", "r", "r"] });
  const notes = failures.map(failureLine);
  if (measure.target !== undefined) notes.push(`Target: ${measure.target}`);
  return [`\n${measure.title} (${unitOf(measure)})`, "", table, "", ...notes].join("\n");
}

/** A contender that failed, in a line. */
export function failureLine({ name, why }: Failure): string {
  return `${name} failed: ${why}`;
}

/** From this load on a machine counts as busy, and is said to be. */
const BUSY = 0.5;

/** The machine, the day and what else was going on, in a line. */
export function circumstances({ machine, date, load }: BenchReport): string {
  const { cpu, cores, os, arch, deno } = machine;
  const others = load < BUSY ? "" : `, while ${load} other programs wanted each core`;
  return `${cpu}, ${cores} cores, ${os} ${arch}, Deno ${deno}, ${date}${others}`;
}

/** The peer that a row is held against. */
export function bestPeer(row: Row): Figure {
  return row.peers.find(({ name }) => name === row.toBestPeer!.to)!;
}

/** The unit, and which way is better. */
export function unitOf({ unit, better }: Pick<Row, "unit" | "better">): string {
  return `${unit} ${ARROWS[better]}`;
}

/** Three digits that mean something. */
export function formatFigure(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function withName({ name, median }: Figure): string {
  return `${name} ${formatFigure(median)}`;
}

function nameInPart({ title, name }: Row): string {
  return `${title}: ${name}`;
}
