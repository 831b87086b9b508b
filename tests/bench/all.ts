/**
 * Runs the benchmarks one after the other, each by itself, and prints one table of ratios.
 *
 *     deno task bench [PART…] [--quick] [--json FILE]
 *
 * A part of a file's name picks it. `--quick` takes fewer rounds, `--json` writes all that was found.
 */
import { parseOptions } from "../../src/command/parse_options.ts";
import { UsageError } from "../../src/command/usage_error.ts";
import { describeMachine } from "../../src/compare/measure/machine.ts";
import type { BenchReport, Part } from "./report/row.ts";
import { circumstances, failureLine, LEGEND, rowsTable } from "./report/table.ts";

/** The longest that one file may take, in milliseconds. */
const BOUND = { quick: 180_000, whole: 420_000 };

/** So much of what a file that failed wrote to stderr is shown, in characters. */
const TAIL = 2_000;

const { values: { quick = false, json }, positionals: parts } = readArguments();

const folder = new URL(".", import.meta.url);
const names = [...Deno.readDirSync(folder)].map((entry) => entry.name)
  .filter((name) => name.endsWith("_bench.ts"))
  .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
  .sort();
if (names.length === 0) {
  console.error(`Cannot run ${parts.join()}: no file of tests/bench has that in its name`);
  Deno.exit(2);
}

const [runnable = 0] = Deno.loadavg();
const load = Number((runnable / navigator.hardwareConcurrency).toFixed(1));
const found: Part[] = [];
const broken: string[] = [];
for (const name of names) {
  const began = performance.now();
  const { parts, problem } = await runFile(name);
  found.push(...parts);
  if (problem !== null) broken.push(`${name} ${problem}`);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.error(`${name}: ${seconds} s${problem === null ? "" : `, ${problem}`}`);
}

const report: BenchReport = {
  version: 1,
  date: new Date().toISOString().slice(0, 10),
  machine: await describeMachine(),
  quick,
  load,
  rows: found.flatMap(({ rows }) => rows),
  failures: found.flatMap(({ part, title, failures }) =>
    failures.map((failure) => ({ part, title, ...failure }))
  ),
};
console.log(`${circumstances(report)}\n${LEGEND}\n`);
console.log(rowsTable(report.rows));
for (const failure of report.failures) console.log(`${failure.title}: ${failureLine(failure)}`);
for (const each of broken) console.log(each);
if (json !== undefined) await Deno.writeTextFile(json, JSON.stringify(report, null, 2) + "\n");
Deno.exit(broken.length === 0 ? 0 : 1);

function readArguments() {
  try {
    return parseOptions(Deno.args, { quick: { type: "boolean" }, json: { type: "string" } });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(
      `bench: ${error.message}; usage: deno task bench [PART…] [--quick] [--json FILE]`,
    );
    Deno.exit(2);
  }
}

/** Runs one file; what it found counts although it failed later. */
async function runFile(name: string): Promise<{ parts: Part[]; problem: string | null }> {
  const rows = await Deno.makeTempFile();
  try {
    const bound = quick ? BOUND.quick : BOUND.whole;
    const { code, signal, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", new URL(name, folder).href],
      env: { BENCH_ROWS: rows, ...(quick ? { BENCH_QUICK: "1" } : {}) },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(bound),
    }).output();
    const lines = (await Deno.readTextFile(rows)).split("\n").filter((line) => line !== "");
    const problem = signal !== null
      ? `was ended after ${bound / 1000} s`
      : code !== 0
      ? `failed with ${code}`
      : null;
    if (problem !== null) console.error(new TextDecoder().decode(stderr).slice(-TAIL));
    return { parts: lines.map((line) => JSON.parse(line)), problem };
  } finally {
    await Deno.remove(rows);
  }
}
