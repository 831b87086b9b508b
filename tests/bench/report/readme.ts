/** The section of README.md that shows how fast the package is. */
import { markdownTable } from "markdown-table";
import { formatRatio } from "../../../src/compare/measure/figures.ts";
import { type BenchReport, keyOf, type Row } from "./row.ts";
import { bestPeer, circumstances, formatFigure, LEGEND, spreadOf, unitOf } from "./table.ts";

/** Between these lines of README.md stands what `readmeSection` makes. */
const MARKERS = ["<!-- bench -->", "<!-- /bench -->"] as const;

/** The rows that README.md shows, by their keys in the report, with what a reader calls them. */
export const SHOWN: Readonly<Record<string, string>> = {
  "pool_burst: 20000 jobs at once on 2 workers: empty: ThreadPoolExecutor":
    "20,000 empty jobs at once, two threads",
  "pool_map: map() of 20000 inputs in chunks of 500: threads":
    "`map()` in chunks of 500, two threads",
  "pool_map: map() of 20000 inputs in chunks of 500: processes":
    "`map()` in chunks of 500, two processes",
  "pool_roundtrip: one job at a time, mean: ThreadPoolExecutor":
    "one job to a thread and back, `await`",
  "pool_roundtrip: one job at a time, mean: resultSync()":
    "one job to a thread and back, `resultSync()`",
  "thread_start: start to result: Thread": "the first start of a `Thread`",
  "thread_start: start to result: Thread in a kept worker": "a later start of a `Thread`",
  "process_start: from nothing to a process's first result: Process":
    "the first start of a `Process`",
  "process_start: from nothing to a process's first result: Process that was kept ready":
    "the start of a `Process` that was kept ready",
  "shared_lock: taken and released by one thread: Lock": "a free `Lock` between threads",
  "shared_lock: an increment under it, by two threads at once: Lock":
    "a `Lock` that two threads want",
  "process_lock: a Lock taken and released by one process: acquireSync()":
    "a free `Lock` between processes",
  "process_lock: an increment under a Lock, by two processes at once: acquireSync()":
    "a `Lock` that two processes want",
  "thread_queue: integers from one thread to another: Queue(1000)":
    "numbers through a `Queue` between threads",
  "thread_queue: small objects from one thread to another: Queue(1000)":
    "objects through a `Queue` between threads",
  "process_queue: integers to another process: Queue":
    "numbers through a `Queue` between processes",
  "process_queue: small objects to another process: Queue":
    "objects through a `Queue` between processes",
  "process_queue: an integer to a process and back: Pipe": "a number through a `Pipe` and back",
  "async_tasks: tasks spawned and awaited, 100,000 at once: quartet, async functions":
    "100,000 tasks, async functions",
  "async_tasks: tasks spawned and awaited, 100,000 at once: quartet, generators":
    "100,000 tasks, generators",
  "async_lock: lock, uncontended: quartet": "a free `Lock` of `asyncio`",
  "async_lock: lock, 10 contending: quartet": "a `Lock` of `asyncio` that ten tasks want",
  "async_queue: queue, bounded by 100: quartet Queue": "items through a `Queue` of `asyncio`",
};

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
  const command = `deno task bench${report.quick ? " --quick" : ""}`;
  return `${table}\n\n${LEGEND}. Measured by \`${command}\` on ${circumstances(report)}.`;
}

function cells(words: string, row: Row): string[] {
  return [
    words,
    `${formatFigure(row.ours.median)} ${unitOf(row)}`,
    formatFigure(row.limit.median),
    `${formatRatio(row.toLimit.median)} (${spreadOf(row.toLimit)})`,
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
