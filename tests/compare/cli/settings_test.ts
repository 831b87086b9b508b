import "../../support/leak_guard.ts";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseSettings } from "../../../src/compare/cli/settings.ts";
import { UsageError } from "../../../src/command/usage_error.ts";

function refused(...args: string[]): string {
  const { message } = assertThrows(() => parseSettings(args), UsageError);
  assertEquals(message.includes("\n"), false, "a message of more than one line");
  return message;
}

Deno.test("parseSettings() measures four workloads in four models when nothing is said", () => {
  const settings = parseSettings([]);
  assertEquals(settings.workloads, ["cpu", "io", "messages", "memory"]);
  assertEquals(settings.models, ["sync", "threads", "processes", "async"]);
  assertEquals([settings.quick, settings.withPython, settings.help], [false, false, false]);
});

Deno.test("parseSettings() reads lists, numbers, files and switches", () => {
  const settings = parseSettings([
    ...["--workload", "io,file", "--models", "sync,distributed", "--tasks", "3", "--size", "70"],
    ...["--delay", "0.5", "--workers", "4", "--repeats=5", "--rate", "12.5", "--timeout", "900"],
    ...["--quick", "--json", "a.json", "--html", "b.html", "--svg", "c.svg", "--markdown", "-"],
    ...["--trace", "d.json", "--save", "e.json", "--baseline", "f.json", "--with-python"],
    ...["--break-even", "--predict", "--servers", "a:1, b:2"],
  ]);
  assertEquals(settings, {
    workloads: ["io", "file"],
    models: ["sync", "distributed"],
    servers: ["a:1", "b:2"],
    tasks: 3,
    size: 70,
    delay: 0.5,
    workers: 4,
    repeats: 5,
    rate: 12.5,
    timeout: 900,
    quick: true,
    breakEven: true,
    predict: true,
    json: "a.json",
    html: "b.html",
    svg: "c.svg",
    markdown: "-",
    trace: "d.json",
    save: "e.json",
    baseline: "f.json",
    withPython: true,
    help: false,
    version: false,
    own: undefined,
  });
  assertEquals(parseSettings(["--workload", "all"]).workloads.length, 8);
});

Deno.test("parseSettings() reads the user's own work: a function with inputs, or a module that defines workloads", () => {
  const { own, workloads } = parseSettings(["work.ts#count", "--inputs", '["a"]']);
  assertEquals(own, { module: "work.ts", name: "count", inputs: '["a"]', spread: false });
  assertEquals(workloads, []);
  const spread = parseSettings(["https://example.com/w.ts#f", "--inputs-from", "f", "--spread"]);
  assertEquals(spread.own, {
    module: "https://example.com/w.ts",
    name: "f",
    inputsFrom: "f",
    spread: true,
  });
  assertEquals(parseSettings(["work.ts"]).own, { module: "work.ts", spread: false });
});

Deno.test("parseSettings() says in one line what it does not understand", () => {
  const table: [args: string[], message: string | RegExp][] = [
    [["--workload", "nap"], /^--workload does not know "nap": there are cpu, io, messages, memory/],
    [["--models", "sync,fork"], /^--models does not know "fork": there are sync, async/],
    [["--models", "threds"], /^--models does not know "threds" \(did you mean threads\?\)/],
    [["--modles", "sync"], "there is no option --modles (did you mean --models?)"],
    [["--models", "sync,sync"], '--models has "sync" twice'],
    [["--repeats", "0"], '--repeats takes a whole number from 1, got "0"'],
    [["--tasks", "many"], '--tasks takes a whole number from 1, got "many"'],
    [["--workers", "1.5"], '--workers takes a whole number from 1, got "1.5"'],
    [["--workers", "1000000"], /^--workers takes at most \d+ on this machine, got "1000000"$/],
    [["--timeout", "0"], '--timeout takes milliseconds, 1 or more, got "0"'],
    [
      ["--rate", "-1"],
      "--rate needs a value; one that begins with a dash is given as --rate=-…",
    ],
    [["--workload", "foo"], /^--workload does not know "foo": there are/],
    [["--quick=3"], "--quick takes no value"],
    [["--rate", "fast"], '--rate takes calls in a second, above 0, got "fast"'],
    [["--delay", "x"], '--delay takes milliseconds, 0 or more, got "x"'],
    [["--tasks", "3", "w.ts#f", "--inputs", "[1]"], /^--tasks is for built-in workloads/],
    [["--delay", "3", "--workload", "io,cpu"], /^--delay means nothing for cpu/],
    [["work.ts#"], '"work.ts#" is no MODULE#EXPORT: write for example work.ts#countWords'],
    [["work.ts#f"], "work.ts#f needs --inputs, a JSON array, or --inputs-from, a file"],
    [["work.ts", "--inputs", "[1]"], /^--inputs goes with one function: write/],
    [["--inputs", "[1]"], "--inputs goes with a MODULE#EXPORT, and there is none"],
    [["--spread"], "--spread goes with a MODULE#EXPORT, and there is none"],
    [["w.ts#f", "--inputs", "[1]", "--inputs-from", "f"], /give one$/],
    [["w.ts#f", "v.ts#g", "--inputs", "[1]"], /^one MODULE#EXPORT at a time/],
    [["--frobnicate"], "there is no option --frobnicate"],
    [["--json"], /^--json needs a value; /],
    [["--json", ""], '--json takes the name of a file, got ""'],
  ];
  for (const [args, message] of table) {
    if (typeof message === "string") assertEquals(refused(...args), message);
    else assertMatch(refused(...args), message);
  }
});
