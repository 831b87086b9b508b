/** Holds the pages that people read to what is there. The examples in them run by `deno task test:docs`. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { withSection } from "../bench/report/readme.ts";
import { readReport } from "../bench/report/report_file.ts";
import { root } from "../support/source_tree.ts";

const PAGES = ["README.md", "src/README.md", ".github/CONTRIBUTING.md"];

const read = (path: string): string => Deno.readTextFileSync(new URL(path, root));
const exists = (url: URL): boolean => {
  try {
    Deno.statSync(url);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
};

/** Every command line that the page shows: in its blocks of shell, and in backticks. */
function commands(page: string): string[] {
  const text = read(page);
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap((block) =>
    block[1]!.split("\n")
  );
  const spans = [...text.replace(/^```.*?^```/gms, "").matchAll(/`((?:npx|deno) [^`]+)`/g)]
    .map((span) => span[1]!);
  return [...blocks, ...spans].map((line) => line.split("#")[0]!.trim())
    .filter((line) => line !== "");
}

Deno.test("the README opens with the two commands for Node and npm, then the same with Deno", () => {
  const [first, second] = [...read("README.md").matchAll(/^```sh\n(.*?)^```/gms)]
    .map((block) => block[1]!.split("\n").map((line) => line.split("#")[0]!.trim()));
  assertEquals(first!.filter(Boolean), ["npx -y deno@2 task compare", "npx -y deno@2 task test"]);
  assertEquals(second!.filter(Boolean), ["deno task compare", "deno task test"]);
});

Deno.test("continuous integration on a bare machine runs the README's test command", () => {
  const script = read(".ci/run");
  assertStringIncludes(script, "npx -y deno@2");
  assertStringIncludes(script, '"${deno[@]}" task test\n');
});

Deno.test("every task that a page names is a task of deno.json", () => {
  const { tasks } = JSON.parse(read("deno.json"));
  for (const page of PAGES) {
    for (const command of commands(page)) {
      const name = /\btask ([\w:]+)/.exec(command)?.[1];
      assert(name === undefined || name in tasks, `${page}: ${command}`);
    }
  }
});

Deno.test("a task that takes parts of names runs nothing, and says so, where nothing has the part", async () => {
  for (const task of ["test", "test:stress", "bench"]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", task, "no-such-part"],
      cwd: root,
    }).output();
    assert(code !== 0, task);
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertStringIncludes(said, "Cannot run no-such-part: no ");
  }
});

Deno.test("every command that runs a program says with which permissions", () => {
  const { tasks } = JSON.parse(read("deno.json"));
  const all = [...PAGES.flatMap(commands)];
  for (const task of Object.values<{ command: string }>(tasks)) {
    all.push(...task.command.split("&&").map((each) => each.trim()));
  }
  for (const command of all) {
    if (!/\bdeno(?:@2)? (?:run|test|bench|serve)\b/.test(command)) continue;
    assert(/ (?:-A|--allow-\w+|--no-prompt|--permission-set)\b/.test(command), command);
  }
});

Deno.test("the README's table of speed is the baseline's, made by a command that there is", async () => {
  const readme = read("README.md");
  const report = await readReport();
  const formatted = (text: string): string => text.replace(/\s+/g, " ").replace(/-{2,}/g, "--");
  assertEquals(formatted(readme), formatted(withSection(readme, report)), "deno task bench:readme");
  assertStringIncludes(formatted(readme), `Measured by \`deno task bench`);
  for (const known of [report.date, `${report.machine.cores} cores`, report.machine.deno]) {
    assertStringIncludes(readme, known);
  }
});

Deno.test("what a page links to in the tree is there", () => {
  for (const page of PAGES) {
    for (const [, target] of read(page).matchAll(/\]\(([^)#:]+)\)/g)) {
      assert(exists(new URL(target!, new URL(page, root))), `${page} links to ${target}`);
    }
  }
});

Deno.test("files that the map names in the code are there", () => {
  for (const [, path] of read("src/README.md").matchAll(/`((?:\w+\/)+\w+\.ts)`/g)) {
    if (path!.includes("NAME")) continue;
    const places = [new URL(path!, root), new URL(`src/${path}`, root)];
    assert(places.some(exists), `src/README.md names ${path}`);
  }
});
