/** Holds the exercises to what they are for: the wrong program fails its tests, the solution passes them. */
import "../support/leak_guard.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { pooledMap } from "@std/async";
import { Exercise, ROOT } from "../../examples/learn/exercise.ts";
import { commandOf, type ExampleRun, runExample, runProcess } from "./run_example.ts";

/** Several wait in vain, as long as their tests let them. */
const AT_ONCE = 6;
/** How long a check may wait for a program that is right, in milliseconds. */
const LONG = 90_000;
const LEARN = "examples/learn/main.ts";
const exercises = await Exercise.readAll();

interface Checked {
  readonly code: number;
  readonly text: string;
}

/** Runs the tests of an exercise on one of its programs; types are checked by the gate. */
async function check(
  exercise: Exercise,
  folder: string,
  without?: string,
): Promise<Checked> {
  const [test, ...rest] = exercise.checkOf(folder);
  const args = [test!, "--no-check", ...rest.filter((flag) => flag !== without)];
  if (folder === "solutions") args.push(String(LONG)); // what is right waits for nothing but the machine
  const { code, text, stderr } = await runProcess(Deno.execPath(), args, { timeout: 180_000 });
  return { code, text: text + stderr };
}

/** Solutions with one thing undone: by the number of the exercise, what stands there and what stood there before. */
const HALF_MENDED: readonly (readonly [number, string, string])[] = [
  [2, "while (this.#letters.length === 0)", "if (this.#letters.length === 0)"],
  [6, "pool.submit(() => folder.read())", "folder.read()"],
  [7, ", { stream: true }", ""],
  [8, "heard.shutdown();", ""],
  [9, "at < bytes.length;) at += await", "at === 0;) at += await"],
  [10, "await Promise.race([type(name!, lines), shown])", "await type(name!, lines)"],
];

/** Where they are, beside the others, since what they import is found from there. */
const halfFolder = `.state-${crypto.randomUUID()}`;
const halfPath = new URL(`examples/learn/${halfFolder}/`, ROOT);

const checked = new Map<string, Checked>();

Deno.test.beforeAll(async () => {
  await Deno.mkdir(halfPath);
  for (const [number, from, to] of HALF_MENDED) {
    const exercise = exercises[number - 1]!;
    const source = await Deno.readTextFile(new URL(exercise.pathIn("solutions"), ROOT));
    assertStringIncludes(source, from);
    await Deno.writeTextFile(new URL(`${exercise.name}.ts`, halfPath), source.replace(from, to));
  }
  const jobs = [
    ...HALF_MENDED.map(([number]) => ({ exercise: exercises[number - 1]!, folder: halfFolder })),
    ...exercises.flatMap((exercise) =>
      ["exercises", "solutions"].map((folder) => ({ exercise, folder }))
    ),
  ];
  await Array.fromAsync(pooledMap(AT_ONCE, jobs, async ({ exercise, folder }) => {
    checked.set(exercise.pathIn(folder), await check(exercise, folder));
  }));
});

Deno.test.afterAll(() => Deno.remove(halfPath, { recursive: true }));

for (const exercise of exercises) {
  const { number, title } = exercise;

  Deno.test(`exercise ${number}, ${title}: the wrong program fails by what its tests say`, () => {
    const { code, text } = checked.get(exercise.pathIn("exercises"))!;
    assertEquals(code, 1, text);
    assertMatch(text, /^FAILED \| \d+ passed .*\| [1-9]\d* failed/m);
    assertMatch(text, /AssertionError|TimeoutError/);
  });

  Deno.test(`exercise ${number}, ${title}: the solution passes`, () => {
    const { code, text } = checked.get(exercise.pathIn("solutions"))!;
    assertEquals(code, 0, text);
    assertMatch(text, /^ok \| [1-9]\d* passed .*\| 0 failed/m);
  });
}

Deno.test("a program that is mended by half fails its tests, too", () => {
  const passed = HALF_MENDED.map(([number]) => exercises[number - 1]!).filter((exercise) => {
    const { code, text } = checked.get(exercise.pathIn(halfFolder))!;
    assertMatch(text, /^(?:ok|FAILED) \| \d+ passed/m, "its tests ran");
    return code === 0;
  });
  assertEquals(passed.map(({ name }) => name), []);
});

Deno.test("each exercise has its number, three hints or more, and a solution that differs", async () => {
  assertEquals(exercises.map(({ number }) => number), exercises.map((_, i) => i + 1));
  for (const exercise of exercises) {
    assert(exercise.hints.length >= 3, exercise.name);
    const [wrong, right] = await Promise.all(
      (["exercises", "solutions"] as const).map((folder) =>
        Deno.readTextFile(new URL(exercise.pathIn(folder), ROOT))
      ),
    );
    assertNotEquals(wrong, right);
  }
});

Deno.test("the tests of an exercise have no permission to spare", async () => {
  const jobs = exercises.flatMap((exercise) =>
    exercise.flags.map((without) => ({ exercise, without }))
  );
  const spare = pooledMap(AT_ONCE, jobs, async ({ exercise, without }) => {
    const { code } = await check(exercise, "solutions", without);
    return code === 0 ? `${exercise.name} passes without ${without}` : null;
  });
  assertEquals((await Array.fromAsync(spare)).filter((each) => each !== null), []);
});

Deno.test("what the pages of the exercises link to is there", async () => {
  for (const name of ["README.md", ...exercises.map(({ name }) => `pages/${name}.md`)]) {
    const url = new URL(`examples/learn/${name}`, ROOT);
    for (const [, link] of (await Deno.readTextFile(url)).matchAll(/\]\(([^)#]+)\)/g)) {
      await Deno.stat(new URL(link!, url));
    }
  }
});

/** The command in a folder of its own, so that what the developer has mended stays as it is. */
class Copy implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Copy> {
    const folder = await Deno.makeTempDir({ prefix: "quartet learn " });
    const files = ["learn/main.ts", "learn/exercise.ts", "learn/checks/load.ts"];
    files.push("tour/child.ts", "tour/command.ts", "tour/progress.ts", "learn/checks/07_lines.ts");
    for (const { name } of exercises) files.push(`learn/pages/${name}.md`);
    for (const part of ["exercises", "solutions"]) files.push(`learn/${part}/07_lines.ts`);
    for (const file of files) {
      const target = `${folder}/examples/${file}`;
      await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
      await Deno.copyFile(new URL(`examples/${file}`, ROOT), target);
    }
    const { imports, links } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
    const config = {
      imports: { "@std/assert": imports["@std/assert"] },
      links: links.map((link: string) => new URL(link, ROOT).pathname),
    };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
    return new Copy(folder);
  }

  async run(...args: string[]): Promise<ExampleRun> {
    return await runExample(LEARN, { args, cwd: this.folder, timeout: 180_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("learn gives a copy, says what is wrong with it, hints one by one, and says when it is right", async () => {
  await using copy = await Copy.make();
  const mine = `${copy.folder}/examples/learn/mine/07_lines.ts`;
  const [wrong, right] = await Promise.all(
    ["exercises", "solutions"].map((part) =>
      Deno.readTextFile(new URL(`examples/learn/${part}/07_lines.ts`, ROOT))
    ),
  );
  const first = await copy.run("7");
  assertEquals(first.code, 1, first.stderr);
  assertMatch(first.text, /just made/);
  assertMatch(first.text, /FAILED \|/);
  assertEquals(await Deno.readTextFile(mine), wrong);

  const { hints } = exercises[6]!;
  for (let count = 1; count <= hints.length; count++) {
    const { text } = await copy.run("7", "hint");
    assertStringIncludes(text, hints[count - 1]!.split("\n")[0]!);
    const next = hints[count];
    if (next) assert(!text.includes(next.split("\n")[0]!), "one at a time");
  }
  assertStringIncludes((await copy.run("7", "solution")).text, right!);

  await Deno.writeTextFile(mine, right!);
  const second = await copy.run("7");
  assertEquals(second.code, 0, second.text + second.stderr);
  assertMatch(second.text, /^Right\./m);
  assertEquals(await Deno.readTextFile(mine), right, "what the learner wrote stays");
  assertMatch((await copy.run()).text, /^✓ +7 {2}/m);

  await copy.run("7", "restart");
  assertEquals(await Deno.readTextFile(mine), wrong);
});

Deno.test("learn tells wrong usage in one line, with exit code 2", async () => {
  for (const wrong of [["99"], ["x"], ["1", "x"], ["1", "hint", "x"]]) {
    const { code, stderr } = await runExample(LEARN, { args: wrong });
    assertEquals(code, 2);
    assertMatch(stderr, /usage: deno task learn/);
    assertEquals(stderr.trim().split("\n").length, 1);
  }
});

Deno.test("the task is the command that the header of the exercises names", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const [run, , , ...rest] = await commandOf(LEARN);
  assertEquals(tasks.learn.command, ["deno", run, ...rest].join(" "));
});
