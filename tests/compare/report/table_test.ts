import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Comparison, toMarkdown, toTable } from "../../../src/compare/mod.ts";
import { wrap } from "../../../src/compare/report/table.ts";

const comparison: Comparison = JSON.parse(
  Deno.readTextFileSync(new URL("./golden/comparison.json", import.meta.url)),
);

/** The same with a long name where names can be long. */
const long: Comparison = {
  ...comparison,
  results: comparison.results.map((each) => ({ ...each, model: `${each.model}-`.repeat(8) })),
};

for (const columns of [40, 60, 72, 80, 100, 200]) {
  Deno.test(`toTable() keeps to ${columns} columns, whatever the names are`, () => {
    for (const each of [comparison, long]) {
      const lines = toTable(each, { columns }).split("\n");
      assertEquals(lines.filter((line) => line.length > columns), []);
      assertEquals(
        lines.filter((line) => /[×]/.test(line) && /^(▸ | {2})/.test(line)).length > 12,
        true,
      );
    }
  });
}

Deno.test("toTable() marks the row to use, and no other", () => {
  const marked = toTable(comparison).split("\n").filter((line) => line.startsWith("▸ "));
  assertEquals(marked.map((line) => line.split(/\s+/)[1]), ["threads", "async", "sync"]);
  const unsure = comparison.verdicts.map((each) => ({ ...each, model: null }));
  assertEquals(toTable({ ...comparison, verdicts: unsure }).includes("▸"), false);
});

Deno.test("toTable() gives each part its style, and the same width with it", () => {
  const style = {
    chosen: (text: string) => `<c>${text}</c>`,
    heading: (text: string) => `<h>${text}</h>`,
    soft: (text: string) => `<s>${text}</s>`,
  };
  const styled = toTable(comparison, { columns: 80, style });
  assertEquals(styled.replaceAll(/<\/?[chs]>/g, ""), toTable(comparison, { columns: 80 }));
  assertStringIncludes(styled, "<h>cpu</h> · 8 tasks");
  assertStringIncludes(styled, "<c>▸ threads ");
  assertStringIncludes(styled, "<c>Use threads</c>: the work computes");
});

Deno.test("toTable() and toMarkdown() say what was found besides", () => {
  for (const report of [toTable, toMarkdown]) {
    const text = report(comparison).replaceAll(/\s+/g, " ").replaceAll("\\", "");
    for (
      const found of [
        "the range of 3 rounds, which is no interval",
        "threads from 50.0 µs on (42.0 µs to 61.0 µs), processes at no length that was tried",
        "Predicted for threads, not measured: 3.70× on 4 cores",
        "At 40 calls a second async: half within 203 ms",
        "2 of 80 turned away",
      ]
    ) assertStringIncludes(text, found);
  }
});

Deno.test("toTable() draws what an older version has written", () => {
  const later = ["addedBytes", "rounds", "noise", "tool", "calls"];
  const text = JSON.stringify(comparison, (key, value) => later.includes(key) ? undefined : value);
  const old: Comparison = JSON.parse(text);
  assert(toTable(old).includes("Use threads"));
});

Deno.test("reports refuse what is no comparison, whatever part of it is missing", () => {
  const broken = [
    null,
    {},
    [],
    { ...comparison, results: [null] },
    { ...comparison, results: [{ ...comparison.results[0], speedup: undefined }] },
    { ...comparison, machine: null },
    { ...comparison, verdicts: undefined },
  ];
  for (const each of broken) {
    const message = "give what compare() returned";
    assertThrows(() => toTable(each as unknown as Comparison), TypeError, message);
  }
});

Deno.test("wrap() cuts a word that is longer than a line", () => {
  assertEquals(wrap("ab abcdefghijkl", 8), ["ab", "abcdefgh", "ijkl"]);
});
