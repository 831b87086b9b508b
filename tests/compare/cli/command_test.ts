import "../../support/leak_guard.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Comparison } from "../../../src/compare/mod.ts";
import { until } from "../../../src/testing/mod.ts";
import { JsrRegistry } from "../../support/jsr_registry.ts";

const entry = new URL("../../../src/compare/mod.ts", import.meta.url).href;
const endless = new URL("../../support/targets/endless.ts", import.meta.url).href;
const defined = new URL("../../support/targets/workloads.ts", import.meta.url).href;
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
    [
      [`${words}#limit`, "--inputs", "[1]"],
      "exports no function limit; it exports countAloud, countWords",
    ],
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

for (const [name, says] of [["wait", "did not finish input 1"], ["spin", "did not return from"]]) {
  Deno.test(`compare exits with 1 when the work never ends (${name}), and says where`, async () => {
    using folder = ownFolder();
    const args = ["--inputs", "[1,2]", "--timeout", "500", "--json", "a.json"];
    const { code, stdout, stderr } = await run(folder.path, `${endless}#${name}`, ...args);
    assertEquals([code, stdout], [1, ""], stderr);
    assertStringIncludes(stderr, `Cannot measure ${name}: sync ${says}`);
    assertEquals(folder.left().filter((each) => each !== "a.json"), []);
  });
}

for (const [name, says] of [["exit", "ended the program"], ["fail", "no call waits for it"]]) {
  Deno.test(`compare exits with 1 when the work goes behind the back of its calls (${name})`, async () => {
    using folder = ownFolder();
    const args = ["--inputs", "[1]", "--models", "sync"];
    const { code, stdout, stderr } = await run(folder.path, `${endless}#${name}`, ...args);
    assertEquals([code, stdout], [1, ""], stderr);
    assertStringIncludes(stderr, `Cannot measure ${name} under sync:`);
    assertStringIncludes(stderr, says!);
    assertEquals(folder.left(), []);
  });
}

Deno.test("compare MODULE measures the workloads that the module defines", async () => {
  using folder = ownFolder();
  const options = ["--models", "sync,threads", "--repeats", "1", "--json", "-"];
  const { code, stdout, stderr } = await run(folder.path, defined, ...options);
  assertEquals(code, 0, stderr);
  const { results, notes = [] }: Comparison = JSON.parse(stdout);
  assertEquals(results.map(({ workload, model }) => `${workload} ${model}`), [
    ...["sums sync", "sums threads", "squares sync", "squares threads"],
  ]);
  assertEquals(notes.filter((note) => /different|left out/.test(note)), []);
  assertStringIncludes(stderr, "squares · 3 tasks"); // standard output has the JSON alone
});

Deno.test("what the work prints does not get into a report on standard output", async () => {
  using folder = ownFolder();
  const { code, stdout, stderr } = await run(
    folder.path,
    ...[`${words}#countAloud`, "--inputs", '["a b"]', "--repeats", "1", "--json", "-"],
  );
  assertEquals(code, 0, stderr);
  const { results }: Comparison = JSON.parse(stdout);
  assertEquals(results.map(({ model }) => model), ["sync", "threads", "processes", "async"]);
  assert(stderr.split("counting a b\n").length > 4, stderr); // each model has said it
});

Deno.test("compare takes inputs from files of several kinds, and spreads them", async () => {
  using folder = ownFolder();
  const { path } = folder;
  Deno.writeTextFileSync(`${path}/in.json`, '["a b", "c"]');
  Deno.writeTextFileSync(`${path}/in.jsonl`, '"a b"\n"c"\n');
  Deno.writeTextFileSync(`${path}/in.txt`, "a b\r\nc\n");
  Deno.writeTextFileSync(
    `${path}/in.ts`,
    'export default function* () { yield "a b"; yield "c"; }\nexport const list = ["a b", "c"];',
  );
  const checksums = new Set<string>();
  for (const file of ["in.json", "in.jsonl", "in.txt", "in.ts", "in.ts#list"]) {
    const { code, stdout, stderr } = await run(
      path,
      ...[`${words}#countWords`, "--inputs-from", file],
      ...["--models", "sync", "--repeats", "1", "--json", "-"],
    );
    assertEquals(code, 0, stderr);
    const { results }: Comparison = JSON.parse(stdout);
    assertEquals(results[0]!.tasks, 2, file);
    checksums.add(results[0]!.checksum);
  }
  assertEquals(checksums.size, 1);
});

Deno.test("compare measures a default export, and a function of several arguments", async () => {
  using folder = ownFolder();
  const { path } = folder;
  Deno.writeTextFileSync(
    `${path}/own.ts`,
    "export default (n: number) => n + 1;\nexport const add = (a: number, b: number) => a + b;",
  );
  const options = ["--models", "sync,threads", "--repeats", "1"];
  const one = await run(path, "own.ts#default", "--inputs", "[1,2]", ...options);
  assertEquals(one.code, 0, one.stderr);
  assertStringIncludes(one.stdout, "own · 2 tasks");
  const two = await run(path, "own.ts#add", "--inputs", "[[1,2]]", "--spread", ...options);
  assertEquals(two.code, 0, two.stderr);
  const wrong = await run(path, "own.ts#add", "--inputs", "[1]", "--spread", ...options);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "Cannot spread input 1 of workload add");
});

Deno.test("compare --baseline exits with 3 when a row is slower beyond doubt, else with 0", async () => {
  using folder = ownFolder();
  const { path } = folder;
  const options = ["--workload", "mixed", "--tasks", "2", "--size", "10", "--models", "sync"];
  const fast = ["--delay", "1", "--repeats", "4"];
  const slow = ["--delay", "150", "--repeats", "4"];
  assertEquals((await run(path, ...options, ...fast, "--save", "fast.json")).code, 0);
  assertEquals((await run(path, ...options, ...slow, "--save", "slow.json")).code, 0);
  const worse = await run(path, ...options, ...slow, "--baseline", "fast.json");
  assertEquals(worse.code, 3, worse.stdout);
  assertStringIncludes(worse.stdout, "mixed, sync: slower");
  const better = await run(path, ...options, ...fast, "--baseline", "slow.json");
  assertEquals(better.code, 0, better.stdout);
  assertStringIncludes(better.stdout, "mixed, sync: faster");
});

Deno.test("compare writes its outputs also into devices and links, and says what it cannot write", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  using folder = ownFolder();
  const { path } = folder;
  Deno.symlinkSync("real.md", `${path}/link.md`);
  const { code, stdout, stderr } = await run(
    path,
    ...["--workload", "messages", "--tasks", "5", "--models", "sync", "--repeats", "1"],
    ...["--json", "/dev/full", "--markdown", "link.md", "--trace", "/dev/stdout"],
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "/dev/full cannot be written: No space left on device");
  assertStringIncludes(stdout, '"traceEvents"');
  assertStringIncludes(Deno.readTextFileSync(`${path}/real.md`), "## messages");
  assertEquals(folder.left().sort(), ["link.md", "real.md"]);
});

Deno.test("compare says in one line that standard output cannot be written, and exits with 1", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  using folder = ownFolder();
  const work = ["--workload", "messages", "--tasks", "5", "--models", "sync", "--repeats", "1"];
  for (const args of [["--help"], [...work, "--markdown", "a.md"], [...work, "--markdown", "-"]]) {
    const line = [Deno.execPath(), "run", "-A", entry, ...args].join(" ");
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", `exec ${line} >/dev/full`],
      cwd: folder.path,
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(code, 1);
    assertMatch(
      new TextDecoder().decode(stderr),
      /^compare: Cannot write standard output: No space left on device \(os error 28\)\n$/m,
    );
    assert(!new TextDecoder().decode(stderr).includes("Uncaught"));
  }
  assertStringIncludes(Deno.readTextFileSync(`${folder.path}/a.md`), "## messages");
});

Deno.test("compare that may not read the modules of its threads says so, and ends", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", entry, "--workload", "messages", "--models", "sync"],
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(code, 1);
  assertMatch(
    new TextDecoder().decode(stderr),
    /^compare: .* run again with the --allow-read flag$/m,
  );
});

Deno.test("compare --help tells how it is called", async () => {
  using folder = ownFolder();
  const { code, stdout } = await run(folder.path, "--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Usage: compare [options] [MODULE#EXPORT --inputs JSON]");
  assertEquals(stdout.split("\n").filter((line) => line.length > 100), []);
  assertMatch(
    (await run(folder.path, "--version")).stdout,
    /^@quartet\/concurrency \d+\.\d+\.\d+\n$/,
  );
});

const SIGNALS = [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const;

for (const [signal, expected] of SIGNALS) {
  Deno.test({
    name:
      `compare exits with ${expected} on ${signal}, keeps what was measured and leaves nothing else behind`,
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
        folder.left().includes("a.json") &&
        read(file).results.flatMap((each) => each.samples).length;
      await until(() => Number(measured()) >= 3);
      child.kill(signal);
      const { code, stdout, stderr } = await output;
      assertEquals(code, expected, new TextDecoder().decode(stderr));
      assertStringIncludes(new TextDecoder().decode(stdout), "Not complete");
      assertEquals(read(file).complete, false);
      assert(read(file).results[0]!.samples.length >= 1);
      assertEquals(folder.left(), ["a.json"]);
    },
  });
}

Deno.test({
  name: "compare hears Ctrl-C also in the middle of a call that computes",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = ownFolder();
    const args = [entry, `${endless}#beginAndSpin`, "--inputs", "[1]", "--timeout", "60000"];
    await using child = command(folder.path, args).spawn();
    const output = child.output();
    await until(() => folder.left().includes("begun"));
    child.kill("SIGINT");
    const { code, stderr } = await output;
    assertEquals(code, 130);
    assertStringIncludes(new TextDecoder().decode(stderr), "interrupted in the middle of a call");
  },
});

Deno.test({
  name: "what compare leaves behind when it is killed goes with the next start",
  ignore: Deno.build.os === "windows", // no process can be sent a signal there
  fn: async () => {
    using folder = ownFolder();
    const args = [entry, "--workload", "file", "--models", "sync", "--tasks", "3", "--repeats"];
    await using child = command(folder.path, [...args, "100000"]).spawn();
    const output = child.output();
    await until(() => folder.left().length > 0);
    child.kill("SIGKILL");
    await output;
    Deno.utimeSync(`${folder.path}/${folder.left()[0]}`, 0, 0); // it may have died before it held its lock
    const { code, stderr } = await command(folder.path, [...args, "1"]).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertEquals(folder.left(), []);
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
    ...["--workload", "cpu", "--tasks", "2", "--size", "100", "--models", "sync,threads"],
    ...["--repeats", "1", "--with-python"],
  ], { JSR_URL: registry.url, DENO_DIR: `${folder.path}/cache` }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  assertMatch(new TextDecoder().decode(stdout), /^cpu · 2 tasks$/m);
  assertMatch(new TextDecoder().decode(stdout), /python-sync|python3 was not found/);
});
