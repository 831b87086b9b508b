/** Holds deno.json, the folders, the tasks and the pages about them to one another. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { root, sourceFile } from "../support/source_tree.ts";

interface Config {
  readonly version: string;
  readonly exports: Record<string, string>;
  readonly imports: Record<string, string>;
  readonly links: readonly string[];
  readonly tasks: Record<string, { description: string; command: string }>;
}

const read = (path: string): string => Deno.readTextFileSync(new URL(path, root));
const config: Config = JSON.parse(read("deno.json"));
const folders = [...Deno.readDirSync(new URL("src/", root))]
  .filter((entry) => entry.isDirectory).map((entry) => entry.name).sort();

/** Floors that nobody outside imports. */
const HIDDEN = ["core", "command", "sync", "shared", "wire"];

Deno.test("deno.json exports each public folder's mod.ts, and nothing else", () => {
  const expected = Object.fromEntries([
    [".", "./mod.ts"],
    ...folders.filter((name) => !HIDDEN.includes(name)).map((name) => [
      `./${name}`,
      `./src/${name}/mod.ts`,
    ]),
  ]);
  assertEquals({ ...config.exports }, expected);
});

Deno.test("mod.ts has each module as a namespace", () => {
  const { code } = sourceFile("mod.ts");
  for (const [name, path] of Object.entries(config.exports)) {
    if (name === ".") continue;
    assertStringIncludes(code, `export * as ${name.slice(2)} from "${path}";`);
  }
});

Deno.test("each exported module begins with a doc that tells what it is for", () => {
  for (const path of Object.values(config.exports)) {
    const text = sourceFile(path.slice(2)).text.trimStart();
    assert(text.startsWith("/**"), `${path} does not begin with a module doc`);
    assert(text.slice(0, text.indexOf("*/")).includes("@module"), `${path}: no @module in its doc`);
  }
});

Deno.test("the gate lints the docs of every export", () => {
  const linted = config.tasks["ok:static"]!.command.split("deno doc --lint ")[1]!.split(" && ")[0]!
    .split(" ");
  assertEquals(linted, Object.values(config.exports).map((path) => path.slice(2)));
});

Deno.test("each task tells what it does, and the files that tasks name exist", () => {
  for (const [name, { description, command }] of Object.entries(config.tasks)) {
    assert(description !== "", name);
    for (const [path] of command.matchAll(/\b(?:src|tests|examples)\/[\w/]+\.ts\b|\bmod\.ts\b/g)) {
      assert(Deno.statSync(new URL(path, root)).isFile, `${name}: ${path}`);
    }
  }
});

Deno.test("each import of deno.json that names JSR is linked for those who cannot reach it", () => {
  for (const [name, target] of Object.entries(config.imports)) {
    if (!target.startsWith("jsr:")) continue;
    const [, version] = /^jsr:@std\/\w+@\^(\d+)$/.exec(target) ?? [];
    assert(version !== undefined, `${name}: ${target}`);
    const links = config.links.map((path) => JSON.parse(read(`${path.slice(2)}/deno.json`)));
    const link = links.find((each) => each.name === name);
    assert(link?.version.startsWith(`${version}.`), `${name} has no link of version ${version}`);
  }
});

Deno.test("the version is in the changelog", () => {
  assertStringIncludes(read(".github/CHANGELOG.md"), `\n## ${config.version}`);
});

Deno.test("nothing stands at the top that the design does not name", async () => {
  const known = "deno.json deno.lock mod.ts src examples tests README.md LICENSE";
  const dotted = ".ci .gitattributes .github .gitignore .jsr";
  const tracked = await trackedFiles();
  const unknown = [...new Set(tracked.map((path) => path.split("/")[0]!))]
    .filter((name) => !`${known} ${dotted}`.split(" ").includes(name));
  assertEquals(unknown, []);
});

/** What git keeps; nothing where there is no git or no checkout, since the rest is the user's own. */
async function trackedFiles(): Promise<string[]> {
  try {
    const { stdout } = await new Deno.Command("git", {
      args: ["ls-files"],
      cwd: root,
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).split("\n").filter((path) => path !== "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
