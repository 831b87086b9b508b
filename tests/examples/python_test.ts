/**
 * The Python programs beside the listings: each prints what the course's own listing prints under CPython, and each that
 * shows a slide's mistake makes that mistake. They run where there is a python3 of 3.11 or later.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { pooledMap } from "@std/async";
import { readListings } from "../../examples/listing/table.ts";
import { beside, judge, lasting } from "../../examples/listing/beside.ts";
import { checkOrder } from "./check_listing.ts";
import { LISTINGS } from "./listings.ts";
import { type ExampleRun, runProcess } from "./run_example.ts";

const AT_ONCE = 9;
const PYTHON = "python3";
const FOLDER = "examples/python";
const listings = await readListings();

/** Whether there is a Python that the programs are for. */
function pythonIsThere(): boolean {
  try {
    const { stdout } = new Deno.Command(PYTHON, { args: ["--version"] }).outputSync();
    const [, minor] = /Python 3\.(\d+)/.exec(new TextDecoder().decode(stdout)) ?? [];
    return Number(minor) >= 11;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
const ignore = !pythonIsThere();

function runPython(...args: string[]): Promise<ExampleRun> {
  return runProcess(PYTHON, ["-B", ...args], {
    env: { PYTHONIOENCODING: "utf-8", PYTHONUNBUFFERED: "" },
  });
}

Deno.test({
  name: "each Python program prints what CPython printed for its listing",
  ignore,
  async fn() {
    const names = [...new Set(listings.map(({ program }) => program))];
    const wrong: string[] = [];
    const runs = pooledMap(AT_ONCE, names, async (name) => {
      const gevent = name.includes("gevent");
      // Its own code shows no warning; what a package does is not ours.
      const run = await runPython("-u", "-W", gevent ? "ignore" : "error", `${FOLDER}/${name}.py`);
      if (gevent && run.stderr.includes("No module named 'gevent'")) return;
      const listing = LISTINGS.find((each) => each.name === name)!;
      await checkOrder({ ...listing, correction: undefined }, run).catch((error: Error) =>
        wrong.push(`${name}: ${error.message}`)
      );
    });
    await Array.fromAsync(runs);
    assertEquals(wrong, []);
  },
});

/** What each slide does as it is printed: a pattern of what it prints, and how it ends (124: it had to be ended). */
const AS_PRINTED: Readonly<
  Record<number, readonly [out: RegExp, stderr: RegExp, codes: number[]]>
> = {
  8: [/^$/, /IndentationError/, [1]],
  9: [/^\[("I'm function 0")?\]$/m, /^$/, [0]],
  17: [
    /Stop infinite_worker\(\)\n--> thread work\nthe lock is held by a thread that has ended/,
    /^$/,
    [0],
  ],
  20: [/^(hi\n){5}$/, /^$/, [0]],
  22: [/^0\nHi from second generator\n1\n$/, /still running/, [124]],
  24: [/^$/, /^$/, [0]],
  25: [/^(0 секунд прошло\n0\n)?$/, /no attribute 'coroutine'|still running/, [1, 124]],
  26: [/^0 секунд прошло\n0\n$/, /still running/, [124]],
  27: [/^$/, /FileNotFoundError/, [1]],
  28: [/^files: \d of 10$/m, /^$/, [0]],
  29: [/Task C: factorial\(4\) = 2\n/, /^$/, [0]],
  33: [/^$/, /NameError/, [1]],
  35: [/^$/, /NameError/, [1]],
  36: [/^(The time is .*\n)+$/, /still running/, [124]],
  37: [/^$/, /IndentationError/, [1]],
  41: [/^$/, /NameError/, [1]],
  42: [/^$/, /SyntaxError/, [1]],
  43: [/^bob done!\nalice done!\n$/, /still running/, [124]],
  44: [/^bob done!\nalice done!\n$/, /still running/, [124]],
};

Deno.test("19 listings do not work as printed, and each of them has its program", () => {
  const printed = listings.filter((each) => each.printed !== undefined);
  assertEquals(printed.map(({ number }) => String(number)), Object.keys(AS_PRINTED));
  assertEquals(printed.length, 19);
});

Deno.test({
  name: "each slide that is broken as printed breaks in the way that the errata tell",
  ignore,
  async fn() {
    const wrong: string[] = [];
    const runs = pooledMap(AT_ONCE, listings.filter((each) => each.printed), async (listing) => {
      const [out, stderr, codes] = AS_PRINTED[listing.number]!;
      const path = `${FOLDER}/printed/${listing.printed}.py`;
      // One that ends is given as long as a busy machine may take for it.
      const seconds = codes.includes(124) ? "6" : "60";
      const run = await runPython(`${FOLDER}/watched.py`, seconds, path);
      if (!out.test(run.text) || !stderr.test(run.stderr) || !codes.includes(run.code)) {
        wrong.push(`${path}: ${run.code}\n${run.text}\n${run.stderr}`);
      }
    });
    await Array.fromAsync(runs);
    assertEquals(wrong, []);
  },
});

Deno.test({
  name: "what the errata say of Python holds with the Python that is here",
  ignore,
  async fn() {
    const { code, text, lines, stderr } = await runPython(`${FOLDER}/errata.py`);
    assertEquals({ code, stderr }, { code: 0, stderr: "" }, text);
    assert(lines.length >= 20 && lines.every((line) => line.text.startsWith("holds: ")), text);
  },
});

Deno.test("the errata tell of every listing that does not work as printed", async () => {
  const errata = await Deno.readTextFile(new URL("../../examples/ERRATA.md", import.meta.url));
  for (const { number, printed, program } of listings) {
    if (printed === undefined) continue;
    assert(errata.includes(`python/printed/${printed}.py`), `ERRATA.md does not tell of ${number}`);
    const header = await Deno.readTextFile(
      new URL(`../../examples/listings/${program}.ts`, import.meta.url),
    );
    assert(header.includes("ERRATA.md"), `the header of ${program} does not lead to ERRATA.md`);
  }
});

/** The command, as its task in `deno.json` runs it. */
function listing(...args: string[]): Promise<ExampleRun> {
  return runProcess(Deno.execPath(), ["task", "--quiet", "listing", ...args]);
}

Deno.test("the command without a number lists all 47, and what each can show", async () => {
  const { code, lines } = await listing();
  assertEquals({ code, count: lines.length }, { code: 0, count: 47 });
  assertMatch(lines[21]!.text, /^22 {2}generators_round_robin +--printed$/);
});

Deno.test("the command shows both programs, runs both, and holds the outputs side by side", async () => {
  const { code, text } = await listing("39");
  assertEquals(code, 0, text);
  assert(text.includes("import queue") && text.includes('from "@quartet/concurrency/queue"'), text);
  assertMatch(text, /\(3, 'third'\) +│ +\d\.\d\d {2}\(3, 'third'\)/);
  assert(text.includes("The same lines in the same order."), text);
});

Deno.test("where there is no Python the command shows CPython's recorded output", async () => {
  const folder = await Deno.makeTempDir({ prefix: "quartet-no-python-" });
  try {
    await Deno.symlink(Deno.execPath(), `${folder}/deno`);
    const env = { PATH: folder };
    const args = ["task", "--quiet", "listing", "--quiet"];
    const { code, text } = await runProcess(Deno.execPath(), [...args, "39"], { env });
    assertEquals(code, 0, text);
    assertMatch(text, /^CPython \(recorded\) +│ Deno/);
    assert(text.includes("The same lines in the same order."), text);
    const printed = await runProcess(Deno.execPath(), [...args, "--printed", "22"], { env });
    assertMatch(printed.text, /There is no python3/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the command refuses what it cannot show with one line and exit code 2", async () => {
  for (
    const args of [["0"], ["48"], ["x"], ["1", "2"], ["--what"], ["1", "--gil"], ["1", "--printed"]]
  ) {
    const { code, text, stderr } = await listing(...args);
    assertEquals({ code, text }, { code: 2, text: "" }, args.join(" "));
    assertMatch(stderr, /^Cannot show a listing: .+\n$/);
  }
});

Deno.test("outputs beside each other: the same, in another order, others, and cut to the width", () => {
  const [a, b] = [["x", "y"], ["y", "x"]];
  assertEquals(judge(a, a), "The same lines in the same order.");
  assertMatch(judge(a, b), /order is free/);
  assertMatch(judge(a, ["z"]), /^Not the same/);
  assertMatch(judge(a, [...a, "z"]), /some more here/);
  assertEquals(judge(["Process 12 says"], ["Process 34 says"]), judge(a, a));
  assertEquals(lasting("0.005"), "0.005");
  for (
    const line of beside(["left", ["long".repeat(40)]], ["right", ["long".repeat(40)]], 61).split(
      "\n",
    )
  ) {
    assert(line.length <= 61, line);
  }
});
