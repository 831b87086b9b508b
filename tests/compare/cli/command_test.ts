import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Comparison } from "../../../src/compare/mod.ts";
import { until } from "../../../src/testing/mod.ts";
import { JsrRegistry } from "../../support/jsr_registry.ts";

const entry = new URL("../../../src/compare/mod.ts", import.meta.url).href;
const words = new URL("../../support/targets/word_count.ts", import.meta.url).href;

/** A folder of its own, removed at the end; temporary files of the command go there, too. */
function ownFolder(): Disposable & { readonly path: string; left(): string[] } {
  const path = Deno.makeTempDirSync();
  return {
    path,
    left: () => [...Deno.readDirSync(path)].map(({ name }) => name),
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

function command(folder: string, args: readonly string[], env: Record<string, string> = {}) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    env: { TMPDIR: folder, TEMP: folder, NO_COLOR: "1", ...env },
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  });
}

async function run(folder: string, ...args: string[]) {
  const { code, stdout, stderr } = await command(folder, [entry, ...args]).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function read(file: string): Comparison {
  return JSON.parse(Deno.readTextFileSync(file));
}

Deno.test("compare MODULE#EXPORT measures a function that nobody made portable", async () => {
  using folder = ownFolder();
  const files = ["--json", "a.json", "--html", "a.html", "--svg", "a.svg", "--trace", "a.trace"];
  const { code, stdout, stderr } = await run(
    folder.path,
    ...[
      `${words}#countWords`,
      "--inputs",
      '["one two","three"]',
      "--repeats",
      "2",
      "--workers",
      "1",
    ],
    ...files,
  );
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "countWords · 2 tasks");
  const { results, complete, verdicts } = read(`${folder.path}/a.json`);
  assertEquals(complete, true);
  assertEquals(results.map(({ model }) => model), ["sync", "threads", "processes", "async"]);
  assertEquals(results.map(({ samples }) => samples.length), [2, 2, 2, 2]);
  assertEquals(new Set(results.map(({ checksum }) => checksum)).size, 1);
  assertStringIncludes(stdout, verdicts[0]!.why.slice(0, 20));
  assertEquals(folder.left().sort(), ["a.html", "a.json", "a.svg", "a.trace"]);
  assert(JSON.parse(Deno.readTextFileSync(`${folder.path}/a.trace`)).traceEvents.length > 8);
});

Deno.test("compare exits with 2 and one clear line on wrong usage", async () => {
  using folder = ownFolder();
  const wrong = [
    [["--models", "fork"], '--models does not know "fork"'],
    [["--json", "nowhere/a.json"], "nowhere/a.json cannot be written: there is no folder"],
    [[`${words}#limit`, "--inputs", "[1]"], "exports no function limit; it exports countWords"],
    [["missing.ts#f", "--inputs", "[1]"], "missing.ts cannot be loaded"],
  ] as const;
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await run(folder.path, ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});

Deno.test("compare exits with 1 and shows the error when the work fails", async () => {
  using folder = ownFolder();
  const { code, stderr } = await run(
    folder.path,
    ...[`${words}#fail`, "--inputs", "[1]", "--models", "threads", "--repeats", "1"],
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Cannot measure fail: threads failed with input 1 of 1 (1)");
  assertStringIncludes(stderr, "RangeError: this never works");
});

Deno.test("compare --help tells how it is called", async () => {
  using folder = ownFolder();
  const { code, stdout } = await run(folder.path, "--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Usage: compare [options] [MODULE#EXPORT --inputs JSON]");
});

Deno.test({
  name: "compare exits with 130 on Ctrl-C, keeps what was measured and leaves nothing else behind",
  ignore: Deno.build.os === "windows", // no process can be sent an interrupt there
  fn: async () => {
    using folder = ownFolder();
    const file = `${folder.path}/a.json`;
    await using child = command(folder.path, [
      ...[entry, "--workload", "io", "--tasks", "3", "--models", "sync,processes"],
      ...["--repeats", "1000", "--json", file],
    ]).spawn();
    const output = child.output();
    const measured = () =>
      folder.left().includes("a.json") && read(file).results.flatMap((each) => each.samples).length;
    await until(() => Number(measured()) >= 3, { timeout: 30_000 });
    child.kill("SIGINT");
    const { code, stdout, stderr } = await output;
    assertEquals(code, 130, new TextDecoder().decode(stderr));
    assertStringIncludes(new TextDecoder().decode(stdout), "Not complete");
    assertEquals(read(file).complete, false);
    assert(read(file).results[0]!.samples.length >= 1);
    assertEquals(folder.left(), ["a.json"]);
  },
});

Deno.test("compare reaches its own site also where everything else goes through a proxy", async () => {
  using folder = ownFolder();
  const { code, stderr } = await command(folder.path, [
    ...[entry, "--workload", "io", "--tasks", "1", "--models", "sync,processes", "--repeats", "1"],
  ], { HTTP_PROXY: "http://127.0.0.1:9", NO_PROXY: "" }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
});

Deno.test("compare runs as a command from JSR", async () => {
  using folder = ownFolder();
  await using registry = await JsrRegistry.start();
  const { code, stdout, stderr } = await command(folder.path, [
    ...["--no-config", "--no-lock", "jsr:@quartet/concurrency@^0.1/compare"],
    ...["--workload", "messages", "--tasks", "50", "--models", "sync,threads", "--repeats", "1"],
  ], { JSR_URL: registry.url, DENO_DIR: `${folder.path}/cache` }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  assertStringIncludes(new TextDecoder().decode(stdout), "messages · 50 tasks");
});
