/** The section of README.md that shows how fast the package is. */
import { markdownTable } from "markdown-table";
import { formatRatio } from "../../../src/compare/measure/figures.ts";
import { type BenchReport, keyOf, type Row } from "./row.ts";
import { bestPeer, circumstances, formatFigure, LEGEND, unitOf } from "./table.ts";

/** Between these lines of README.md stands what `readmeSection` makes. */
const MARKERS = ["<!-- bench -->", "<!-- /bench -->"] as const;

/** The rows that README.md shows, by their keys in the report, with what a reader calls them. */
export const SHOWN: Readonly<Record<string, string>> = {};

/** README.md with the section made anew from a report. */
export function withSection(readme: string, report: BenchReport, shown = SHOWN): string {
  const [from, to] = MARKERS.map((marker) => readme.indexOf(marker));
  if (from === -1 || to! < from!) {
    throw new TypeError(
      `Cannot place the table of speed: README.md lacks ${MARKERS.join(" … ")}; put them in`,
    );
  }
  return `${readme.slice(0, from! + MARKERS[0].length)}\n\n${readmeSection(report, shown)}\n\n${
    readme.slice(to)
  }`;
}

/** The table and what has to be said beside it. */
export function readmeSection(report: BenchReport, shown = SHOWN): string {
  const table = markdownTable([
    ["", "quartet", "limit", "÷ limit", "best peer", "÷ peer"],
    ...Object.entries(shown).map(([key, words]) => cells(words, rowOf(report, key))),
  ], { align: ["l", "r", "r", "r", "l", "r"] });
  return `${table}\n\n${LEGEND}. ${circumstances(report)}.`;
}

function cells(words: string, row: Row): string[] {
  return [
    words,
    `${formatFigure(row.ours.median)} ${unitOf(row)}`,
    formatFigure(row.limit.median),
    formatRatio(row.toLimit.median),
    row.toBestPeer === null ? "" : `${row.toBestPeer.to} ${formatFigure(bestPeer(row).median)}`,
    row.toBestPeer === null ? "" : formatRatio(row.toBestPeer.median),
  ];
}

function rowOf(report: BenchReport, key: string): Row {
  const row = report.rows.find((each) => keyOf(each) === key);
  if (row !== undefined) return row;
  throw new TypeError(
    `Cannot show "${key}": the report has no such row; run all benchmarks, or mend SHOWN`,
  );
}
