import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { pathToFileURL } from "node:url";
import { parseSettings, UsageError } from "../../../src/compare/cli/settings.ts";

function refused(...args: string[]): string {
  const { message } = assertThrows(() => parseSettings(args), UsageError);
  assertEquals(message.includes("\n"), false, "a message of more than one line");
  return message;
}

Deno.test("parseSettings() measures everything in four models when nothing is said", () => {
  const settings = parseSettings([]);
  assertEquals(settings.workloads, ["cpu", "io", "messages", "memory"]);
  assertEquals(settings.models, ["sync", "threads", "processes", "async"]);
  assertEquals([settings.quick, settings.withPython, settings.help], [false, false, false]);
});

Deno.test("parseSettings() reads lists, numbers, files and switches", () => {
  const settings = parseSettings([
    ...["--workload", "cpu,io", "--models", "sync,gil", "--tasks", "3", "--workers", "4"],
    ...["--repeats=5", "--quick", "--json", "a.json", "--html", "b.html", "--svg", "c.svg"],
    ...["--trace", "d.json", "--with-python"],
  ]);
  assertEquals(settings, {
    workloads: ["cpu", "io"],
    models: ["sync", "gil"],
    tasks: 3,
    workers: 4,
    repeats: 5,
    quick: true,
    json: "a.json",
    html: "b.html",
    svg: "c.svg",
    trace: "d.json",
    withPython: true,
    help: false,
    own: undefined,
  });
});

Deno.test("parseSettings() finds a function of the user's own from where the command is called", () => {
  const { own, workloads } = parseSettings(["work.ts#count", "--inputs", '["a",{"b":1}]']);
  assertEquals(own, {
    module: pathToFileURL("work.ts").href,
    name: "count",
    inputs: ["a", { b: 1 }],
  });
  assertEquals(workloads, []);
  const remote = parseSettings(["https://example.com/w.ts#f", "--inputs", "[1]"]);
  assertEquals(remote.own!.module, "https://example.com/w.ts");
});

Deno.test("parseSettings() says in one line what it does not understand", () => {
  assertEquals(
    refused("--workload", "nap"),
    '--workload does not know "nap": there are cpu, io, messages, memory',
  );
  assertEquals(
    refused("--models", "sync,fork"),
    '--models does not know "fork": there are sync, async, processes, threads, gil',
  );
  assertEquals(refused("--models", "sync,sync"), '--models has "sync" twice');
  assertEquals(refused("--repeats", "0"), '--repeats takes a whole number from 1, got "0"');
  assertEquals(refused("--tasks", "many"), '--tasks takes a whole number from 1, got "many"');
  assertEquals(refused("--workers", "1.5"), '--workers takes a whole number from 1, got "1.5"');
  assertEquals(
    refused("work.ts"),
    '"work.ts" is no MODULE#EXPORT: write for example work.ts#countWords',
  );
  assertEquals(refused("work.ts#f"), "work.ts#f needs --inputs, a JSON array");
  assertEquals(refused("--inputs", "[1]"), "--inputs goes with a MODULE#EXPORT, and there is none");
  assertEquals(
    refused("w.ts#f", "--inputs", "7"),
    "--inputs takes a JSON array with at least one element, one for each task",
  );
  refused("w.ts#f", "--inputs", "[");
  refused("w.ts#f", "v.ts#g", "--inputs", "[1]");
  refused("--frobnicate");
  refused("--json");
  refused("--json", "");
});
