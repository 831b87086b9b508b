/**
 * What one of many costs when there are a thousand of them, and when there are a million.
 *
 * Each row is a way to have many at once: tasks, timers, waiters, items, locks, jobs of each executor. Its figures are the
 * nanoseconds of this process that one of them costs, at each size; neighbours take none of those. (With another process in the
 * row they are the nanoseconds that pass.) They stay as they are, or grow a little: a million live objects are copied by the
 * collector and held by no cache, and what is sorted grows with the logarithm. A row is marked where ten times as many cost
 * `WORSE` times as much each, since something walks a line there. The least of some runs is taken.
 *
 * `deno task bench:growth` measures all; parts of names pick rows: `deno task bench:growth lock timer`. It fails when a row is
 * marked. That needs no baseline, as it is a ratio between sizes. A row runs in a process of its own, where nobody else's garbage
 * is, and has a bounded time: a size that would take longer is left out, as a million waiters are, for which a row has time when only
 * some are picked. The whole table takes some eight minutes on a quiet machine.
 */
import process from "node:process";
import type { Growth } from "./growth.ts";
import { processRows } from "./process_rows.ts";
import { queueRows } from "./queue_rows.ts";
import { taskRows } from "./task_rows.ts";
import { waiterRows } from "./waiter_rows.ts";

/** So much dearer may one of ten times as many be. */
const WORSE = 5;
/** How often each figure is taken, at sizes that are quick. */
const RUNS = 3;
/** The milliseconds of the row's process for all runs of one size but the first. */
const PATIENCE = 700;
/** The same for a row of all, and of some; a size that is to take longer than what is left is not begun. */
const ROW = { ofAll: 15_000, ofSome: 90_000 } as const;
/** So many times as long, and it is ended: a size took much longer than the one before foretold, or the machine is busy. */
const MOST = 4;
/** By which the program knows that it is the process of one row. */
const ONLY = "--only";

const rows: readonly Growth[] = [...taskRows, ...waiterRows, ...queueRows, ...processRows];

/** The milliseconds that this process has taken. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Measures a row, the smallest size first, and tells each figure: the nanoseconds for one. */
async function measure(
  { to = 6, take }: Growth,
  bound: number,
  tell: (figure: number) => void,
): Promise<void> {
  await take(1000);
  for (let power = 3; power <= to; power++) {
    const count = 10 ** power;
    const before = spent();
    let best = Infinity, runs = 0;
    do {
      best = Math.min(best, await take(count));
      runs++;
    } while (runs < RUNS && spent() - before < PATIENCE);
    tell(best * 1e6 / count);
    const each = (spent() - before) / runs; // what is not measured counts as well
    if (spent() + 10 * each > bound) return;
  }
}

/** The row in a process of its own; why it is not complete, if it is not. */
async function measureApart(
  { name }: Growth,
  bound: number,
): Promise<{ figures: number[]; problem: string }> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", "--quiet", import.meta.url, ONLY, name, `${bound}`],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const late = setTimeout(() => child.kill("SIGKILL"), MOST * bound);
  const [{ code, signal }, stdout, stderr] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  clearTimeout(late);
  const figures = stdout.split("\n").filter((line) => line !== "").map(Number);
  const problem = signal !== null
    ? `ended after ${MOST * bound / 1000} s`
    : code !== 0
    ? stderr.trim().split("\n")[0]!
    : "";
  return { figures, problem };
}

/** Whether one of ten times as many costs too much more. */
function isWorse(figures: readonly number[]): boolean {
  return figures.some((figure, i) => i > 0 && figure > WORSE * figures[i - 1]!);
}

/** Measures all sizes of each row, and prints each as it ends. */
async function printTable(picked: readonly Growth[], bound: number): Promise<void> {
  const width = Math.max(...picked.map(({ name }) => name.length));
  const sizes = ["10³", "10⁴", "10⁵", "10⁶", "10⁷"];
  const cells = (all: readonly string[]): string =>
    sizes.map((_, i) => (all[i] ?? "").padStart(9)).join("");
  console.log("ns for one of so many".padEnd(width) + cells(sizes));
  const start = performance.now();
  let worse = 0, broken = 0;
  for (const row of picked) {
    const { figures, problem } = await measureApart(row, bound);
    const marked = isWorse(figures);
    if (marked) worse++;
    if (problem !== "") broken++;
    const shown = cells(figures.map((figure) => figure.toFixed(0)));
    const marks = [marked ? "worse than linear" : "", problem].filter((each) => each !== "");
    console.log(`${row.name.padEnd(width)}${shown}   ${marks.join("; ")}`.trimEnd());
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(
    `\n${worse} of ${picked.length} rows grow worse than linear, ${broken} broke off, ${seconds} s`,
  );
  if (worse + broken > 0) Deno.exitCode = 1;
}

if (import.meta.main) {
  const [first, name, bound] = Deno.args;
  if (first === ONLY) {
    const row = rows.find((each) => each.name === name);
    if (row === undefined) throw new Error(`Cannot measure "${name}": there is no such row`);
    await measure(row, Number(bound), (figure) => console.log(figure));
    Deno.exit();
  }
  const picked = rows.filter(({ name }) =>
    Deno.args.length === 0 || Deno.args.some((part) => name.includes(part))
  );
  await printTable(picked, picked.length === rows.length ? ROW.ofAll : ROW.ofSome);
}
