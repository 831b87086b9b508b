/** Takes the tour: each program shows its point, with no permission to spare, and after the change of one line the other. */
import "../support/leak_guard.ts";
import {
  assert,
  assertEquals,
  AssertionError,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { pooledMap } from "@std/async";
import { pathToFileURL as toFileUrl } from "node:url";
import { Page, ROOT } from "../../examples/tour/page.ts";
import { Progress } from "../../examples/tour/progress.ts";
import { commandOf, type ExampleRun, runExample, runUntilShown } from "./run_example.ts";
import { atTerminal, type Reply } from "./at_terminal.ts";
import { POINTS } from "./tour_points.ts";

const AT_ONCE = 4;
/** For one run, in milliseconds; a busy machine takes ten times as long as an idle one. */
const PATIENCE = 180_000;
const pages = await Page.readAll();
const runs = new Map<string, ExampleRun>();
/** Beside the stops, since what they import is found from there. */
const changedFolder = `examples/tour/.state-${crypto.randomUUID()}`;
const changedPath = ({ name }: Page): string => `${changedFolder}/${name}.ts`;
/** Its verdict comes of what was measured, which other work on the machine may spoil. */
const MEASURES = 13;

Deno.test.beforeAll(async () => {
  await Deno.mkdir(new URL(changedFolder, ROOT));
  for (const page of pages) {
    const { source } = await page.changed();
    const path = changedPath(page);
    // Its header names the command with the program's own path.
    const header = source.replace(`${page.program}\n`, `${path}\n`);
    await Deno.writeTextFile(new URL(path, ROOT), header);
  }
  const paths = pages.flatMap((page) => [page.program, changedPath(page)]);
  await Array.fromAsync(pooledMap(AT_ONCE, paths, async (path) => {
    runs.set(path, await runExample(path, { timeout: PATIENCE }));
  }));
});

Deno.test.afterAll(() => Deno.remove(new URL(changedFolder, ROOT), { recursive: true }));

/** What a run that ended well wrote. */
function textOf({ code, stderr, text }: ExampleRun): string {
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, text);
  return text;
}

/** Checks what the program at `path` wrote; other work on the machine may spoil a run, which is repeated more slowly. */
async function check(path: string, point: (text: string) => void): Promise<void> {
  await runUntilShown(path, (run) => point(textOf(run)), runs.get(path)!, { timeout: PATIENCE });
}

/** The same for the one that measures, to which its machine would be too fast in slow motion. */
async function checkMeasure(path: string, point: (text: string) => void): Promise<void> {
  let chances = 5;
  for (let run = runs.get(path)!;; run = await runExample(path, { timeout: PATIENCE })) {
    try {
      return point(textOf(run));
    } catch (error) {
      if (!(error instanceof AssertionError) || --chances === 0) throw error;
    }
  }
}

Deno.test("the stops are numbered from 1, and each has its point", () => {
  assertEquals(pages.map(({ number }) => number), POINTS.map((_, i) => i + 1));
});

for (const [i, page] of pages.entries()) {
  const { point, changed } = POINTS[i]!;
  const hold = page.number === MEASURES ? checkMeasure : check;

  Deno.test(`stop ${page.number}, ${page.title}: the program shows its point`, async () => {
    point(page.output);
    await hold(page.program, point);
  });

  Deno.test(`stop ${page.number}, ${page.title}: the change of one line shows its`, async () => {
    changed(page.change.output);
    await hold(changedPath(page), changed);
  });
}

Deno.test("under the global lock a shorter interval makes it change hands more often", async () => {
  const paths = [pages[6]!.program, changedPath(pages[6]!)];
  let chances = 3; // other work on the machine disturbs a run
  while (true) {
    const [own, changed] = paths.map((path) => textOf(runs.get(path)!))
      .map((text) => Number(/changed hands (\d+)/.exec(text)![1]));
    if (changed! > own! || --chances === 0) return assert(changed! > own!, `${changed}, ${own}`);
    for (const path of paths) runs.set(path, await runExample(path, { timeout: PATIENCE }));
  }
});

Deno.test("each page gives the command of its program, with no permission to spare", async () => {
  const jobs = pages.filter(({ number }) => number !== MEASURES) // for seconds, each time
    .flatMap((page) => page.flags.map((without) => ({ page, without })));
  const spare = pooledMap(AT_ONCE, jobs, async ({ page, without }) => {
    const { code, text } = await runExample(page.program, { without, timeout: PATIENCE });
    if (code !== 0) return null;
    try {
      POINTS[page.number - 1]!.point(text);
    } catch (error) {
      if (error instanceof AssertionError) return null;
      throw error;
    }
    return `${page.program} shows its point without ${without}`;
  });
  for (const page of pages) {
    const command = await commandOf(page.program);
    assertEquals(command.filter((each) => each.startsWith("--allow")), page.flags);
  }
  assertEquals((await Array.fromAsync(spare)).filter((each) => each !== null), []);
});

Deno.test("what the pages of the tour link to is there, and so are the tasks that they name", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const names = pages.map(({ name }) => `stops/${name}.md`);
  for (const name of [...names, "README.md", "GLOSSARY.md"]) {
    const url = new URL(`examples/tour/${name}`, ROOT);
    const text = await Deno.readTextFile(url);
    for (const [, link] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (!link!.startsWith("https:")) await Deno.stat(new URL(link!, url));
    }
    for (const [, task] of text.matchAll(/deno task ([\w:]+)/g)) assert(task! in tasks, task);
  }
});

const TOUR = "examples/tour/main.ts";

/** The tour in a folder of its own, so that what the developer has visited stays as it is. */
class Copy implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Copy> {
    const folder = await Deno.makeTempDir({ prefix: "quartet tour " });
    await Deno.mkdir(`${folder}/examples/tour/stops`, { recursive: true });
    const files = [
      "timeline.ts",
      "tour/main.ts",
      "tour/child.ts",
      "tour/command.ts",
      "tour/page.ts",
      "tour/progress.ts",
    ];
    for (const { name } of pages) files.push(`tour/stops/${name}.md`, `tour/stops/${name}.ts`);
    for (const file of files) {
      await Deno.copyFile(new URL(`examples/${file}`, ROOT), `${folder}/examples/${file}`);
    }
    const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
    const imports = Object.fromEntries(
      Object.entries<string>(exports).map(([name, path]) => [
        `@quartet/concurrency${name.slice(1)}`,
        new URL(path, ROOT).href,
      ]),
    );
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports }));
    return new Copy(folder);
  }

  /** Runs its command, with nobody at the keyboard. */
  async run(...args: string[]): Promise<ExampleRun> {
    return await runExample(TOUR, { args, cwd: this.folder, timeout: PATIENCE });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("the task is the command that the header of the tour names", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const [run, , , ...rest] = await commandOf("examples/tour/main.ts");
  assertEquals(tasks.tour.command, ["deno", run, ...rest].join(" "));
});

Deno.test("tour lists the stops, and remembers which of them were visited", async () => {
  await using copy = await Copy.make();
  const before = await copy.run();
  for (const { title } of pages) assertStringIncludes(before.text, title);
  assertMatch(before.text, /Next: deno task tour 1$/m);

  const visit = await copy.run("next");
  assertEquals({ code: visit.code, stderr: visit.stderr }, { code: 0, stderr: "" });
  const [page] = pages;
  for (const part of [page!.text.split("\n")[0]!, page!.question.split("\n")[0]!]) {
    assertStringIncludes(visit.text, part);
  }
  const [, first, second] = visit.text.split(/^\$ deno run .*$/m);
  POINTS[0]!.point(first!.slice(0, first!.indexOf("In examples/")));
  POINTS[0]!.changed(second!);
  assertStringIncludes(first!, `- ${page!.change.from}\n  + ${page!.change.to}`);

  const after = await copy.run();
  assertMatch(after.text, /^✓ +1 {2}/m);
  assertMatch(after.text, /Next: deno task tour 2$/m);
});

Deno.test("tour goes on without a memory where it cannot write", async () => {
  await using copy = await Copy.make();
  await Deno.writeTextFile(`${copy.folder}/examples/tour/.state`, "a file, not a folder");
  const { code, stderr, text } = await copy.run("1");
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  POINTS[0]!.changed(text.slice(text.indexOf("cannot be written")));
});

Deno.test("tour tells that a line to change is gone, with exit code 2", async () => {
  await using copy = await Copy.make();
  const path = `${copy.folder}/${pages[0]!.program}`;
  const source = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, source.replace("ways.oneAfterTheOther()", "ways.allAtOnce()"));
  const { code, stderr } = await copy.run("1");
  assertEquals(code, 2);
  assertMatch(stderr, /^Cannot change .*01_synchronous\.ts: .* is there 0 times; undo/);
});

if (Deno.build.os === "linux") {
  Deno.test("tour asks at a terminal what one expects, before it runs the program", async () => {
    const { code, text } = await firstStop(["expect?", "in order\r"], ["now?", "all at once\r"]);
    assertEquals(code, 0, text);
    const places = ["expect?", "\nask for weather", "You expected: in order", "now?"]
      .map((part) => text.indexOf(part));
    assert(!places.includes(-1), text);
    assertEquals(places, places.toSorted((a, b) => a - b), text);
  });

  Deno.test("tour is left by Ctrl-C where it asks", async () => {
    const { code, text } = await firstStop(["expect?", "\x03"]);
    assertEquals(code, 130, text);
    assert(!text.includes("ask for weather"), text);
  });
}

/** Takes the first stop at a terminal. */
async function firstStop(...replies: Reply[]): Promise<{ code: number; text: string }> {
  await using copy = await Copy.make();
  return await atTerminal(TOUR, ["1"], copy.folder, replies);
}

Deno.test("tour tells in one line that there is no such stop, with exit code 2", async () => {
  for (const wrong of [["99"], ["x"], ["1", "2"]]) {
    const { code, stderr } = await runExample(TOUR, { args: wrong });
    assertEquals(code, 2);
    assertMatch(stderr, /deno task tour \[NUMBER/);
    assertEquals(stderr.trim().split("\n").length, 1);
  }
});

Deno.test("Progress is what was saved, and nothing where the file is missing or garbage", async () => {
  const folder = await Deno.makeTempDir();
  const state = toFileUrl(`${folder}/state`);
  try {
    const fresh = await Progress.load(state);
    assertEquals([fresh.last, fresh.done.size], [null, 0]);
    fresh.last = 4;
    fresh.done.add(3).add(1);
    fresh.hints.set(2, 1);
    assert(await fresh.save());
    const again = await Progress.load(state);
    assertEquals([again.last, [...again.done], [...again.hints]], [4, [1, 3], [[2, 1]]]);

    for (
      const garbage of ["", "{", "null", '"x"', '{"done":"x","last":{}}', '{"hints":[null,[1]]}']
    ) {
      await Deno.writeTextFile(`${folder}/state/progress.json`, garbage);
      const { last, done, hints } = await Progress.load(state);
      assertEquals([last, done.size, hints.size], [null, 0, 0], garbage);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
