/** The report of the benchmarks: rows from figures, tables from rows, and what counts as worse. */
import "../../support/leak_guard.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { worsened } from "./check.ts";
import type { Contender, Measure } from "./contender.ts";
import { Figures } from "./figures.ts";
import { readmeSection, withSection } from "./readme.ts";
import { type BenchReport, type Part, rowsOf } from "./row.ts";
import { circumstances, contendersTable, rowsTable } from "./table.ts";

const SLOWER_IS_WORSE: Measure = { title: "a trip", unit: "µs", better: "lower", target: "2 ×" };

const contender = (name: string, role: Contender["role"]): Contender => ({
  name,
  role,
  open: () => ({ measure: () => 0 }),
});

/** Figures by name; the first is the limit, `us…` are ours, the rest are peers. */
function figuresOf(all: Record<string, readonly (number | undefined)[]>): Figures {
  const figures = new Figures(
    Object.keys(all).map((name, i) =>
      contender(name, i === 0 ? "limit" : name.startsWith("us") ? "ours" : "peer")
    ),
  );
  for (const each of figures.contenders) {
    all[each.name]!.forEach((figure, round) => {
      if (figure !== undefined) figures.note(each, round, figure);
    });
  }
  return figures;
}

const figures = figuresOf({
  bare: [10, 20, 10],
  us: [20, 40, 25],
  other: [30, 60],
  slow: [900, 900, 900],
});

function report(part: Part, change: Partial<BenchReport["machine"]> = {}): BenchReport {
  const machine = {
    os: "linux",
    arch: "x86_64",
    cpu: "a processor",
    cores: 2,
    memoryBytes: 1,
    deno: "2.9.6",
    v8: "15",
    ...change,
  };
  const failures = part.failures.map((each) => ({ part: part.part, title: part.title, ...each }));
  return {
    version: 1,
    date: "2026-01-01",
    machine,
    quick: false,
    load: 0.1,
    rows: part.rows,
    failures,
  };
}

const partOf = (ours: readonly number[], better: Measure["better"] = "lower"): Part => {
  const bare = ours.map(() => 10);
  return rowsOf("trip", { ...SLOWER_IS_WORSE, better }, figuresOf({ bare, us: ours }), []);
};

Deno.test("a row has the ratios of the rounds in which both were measured, and the best peer", () => {
  const [row] = rowsOf("trip", SLOWER_IS_WORSE, figures, []).rows;
  assertEquals(row!.toLimit, { to: "bare", median: 2, rounds: [2, 2, 2.5] });
  assertEquals(row!.toBestPeer, { to: "other", median: 0.6667, rounds: [0.6667, 0.6667] });
  assertEquals(row!.rounds, 3);
});

Deno.test("the best peer of a measure where more is better has the most", () => {
  const [row] = rowsOf("trip", { ...SLOWER_IS_WORSE, better: "higher" }, figures, []).rows;
  assertEquals(row!.toBestPeer!.to, "slow");
});

Deno.test("a peer that failed is left out of the row and told in a line", () => {
  const failures = [{ name: "other", role: "peer", why: "Error: gone" }] as const;
  const part = rowsOf("trip", SLOWER_IS_WORSE, figures, failures);
  assertEquals(part.rows[0]!.peers.map(({ name }) => name), ["slow"]);
  assertStringIncludes(
    contendersTable(SLOWER_IS_WORSE, figures, failures),
    "other failed: Error: gone",
  );
});

Deno.test("where the limit failed there is no row", () => {
  const failures = [{ name: "bare", role: "limit", why: "Error: gone" }] as const;
  assertEquals(rowsOf("trip", SLOWER_IS_WORSE, figures, failures).rows, []);
});

Deno.test("the table of rows names ours, the limit, the best peer and the spread", () => {
  const table = rowsTable(rowsOf("trip", SLOWER_IS_WORSE, figures, []).rows);
  const cells = table.split("\n")[2]!.split("|").map((cell) => cell.trim());
  assertEquals(cells.slice(1, -1), [
    "a trip: us",
    "25.0",
    "µs ↓",
    "10.0",
    "2.00",
    "other 45.0",
    "0.67",
    "3",
    "2.00 – 2.50",
  ]);
});

Deno.test("worsened() tells a ratio that is worse beyond doubt, whichever way is better", async () => {
  const before = report(partOf([20, 21, 20, 21, 20]));
  assertEquals(await worsened(report(partOf([40, 41, 40])), before), [
    "trip: a trip: us: 4.00 times bare, was 2.00",
  ]);
  const more = report(partOf([20, 21, 20, 21, 20], "higher"));
  assertEquals(await worsened(report(partOf([10, 11, 10], "higher")), more), [
    "trip: a trip: us: 1.00 times bare, was 2.00",
  ]);
  assertEquals(await worsened(report(partOf([40, 41, 40], "higher")), more), []);
});

Deno.test("worsened() is silent where the rounds of both overlap, and about small changes", async () => {
  const before = report(partOf([20, 21, 20, 60, 20]));
  assertEquals(await worsened(report(partOf([40, 41, 40])), before), []);
  assertEquals(
    await worsened(report(partOf([23, 23, 23])), report(partOf([20, 20, 20, 20, 20]))),
    [],
  );
});

Deno.test("worsened() allows another machine twice as much", async () => {
  const before = report(partOf([20, 21, 20, 21, 20]), { cores: 4 });
  assertEquals(await worsened(report(partOf([39, 38, 39])), before), []);
  assertEquals((await worsened(report(partOf([60, 61, 60])), before)).length, 1);
});

Deno.test("worsened() tells a row that is gone, of parts that were run", async () => {
  const before = report(partOf([20, 20, 20]));
  const gone = { part: "trip", title: "a trip", rows: [], failures: [] };
  const why = { name: "us", role: "ours", why: "Error" } as const;
  assertEquals(await worsened(report({ ...gone, failures: [why] }), before), [
    "trip: a trip: us: is not there any more",
  ]);
  assertEquals(await worsened(report({ ...gone, part: "another" }), before), []);
});

Deno.test("a table says that the machine was busy", () => {
  const whole = report({ part: "trip", title: "a trip", rows: [], failures: [] });
  assertEquals(circumstances(whole).includes("other programs"), false);
  assertStringIncludes(
    circumstances({ ...whole, load: 3.5 }),
    "2026-01-01, while 3.5 other programs wanted each core",
  );
});

Deno.test("the README's section stands between its markers, with the machine and the day", () => {
  const whole = report({ part: "trip", title: "a trip", rows: [], failures: [] });
  const shown = {};
  assertStringIncludes(readmeSection(whole, shown), "a processor, 2 cores, linux x86_64, Deno");
  const page = "before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n";
  const made = withSection(page, whole, shown);
  assertEquals(withSection(made, whole, shown), made);
  assertEquals(made.includes("old"), false);
  assertThrows(() => withSection("nothing", whole, shown), TypeError, "lacks <!-- bench -->");
  assertThrows(() => readmeSection(whole, { "trip: gone: us": "gone" }), TypeError, "no such row");
});
