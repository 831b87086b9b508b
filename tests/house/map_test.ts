/** Holds the maps to the land: what src/README.md and CONTRIBUTING.md name exists. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { root, sourceFiles } from "../support/source_tree.ts";

const exists = (path: string): boolean => {
  try {
    Deno.statSync(new URL(path, root));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
};

/** What is named like a path in code spans of a page: `folder/file.ts`, `folder/`. */
function pathsIn(page: string): string[] {
  const text = Deno.readTextFileSync(new URL(page, root)).replace(/```[^]*?```/g, "");
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((each) => each[1]!);
  return spans.filter((each) =>
    /^[\w.-]+(?:\/[\w.-]+)*(?:\.(?:ts|md|json)|\/)$/.test(each) && !each.includes("NAME") &&
    each.includes("/")
  );
}

for (const page of ["src/README.md", ".github/CONTRIBUTING.md"]) {
  Deno.test(`each path that ${page} names exists`, () => {
    const named = pathsIn(page);
    assert(named.length > 2, "no path is found");
    assertEquals(named.filter((each) => !exists(each) && !exists(`src/${each}`)), []);
  });
}

Deno.test("src/README.md names each folder of src, and its rooms", () => {
  const map = Deno.readTextFileSync(new URL("src/README.md", root));
  const missing = new Set<string>();
  for (const { path } of sourceFiles("src")) {
    const [, folder, room] = path.split("/");
    if (folder === undefined || folder.endsWith(".ts")) continue;
    const row = map.split("\n").find((line) => line.startsWith(`| \`${folder}\``));
    if (row === undefined) missing.add(folder);
    else if (room !== undefined && !room.endsWith(".ts") && !row.includes(`\`${room}\``)) {
      missing.add(`${folder}/${room}`);
    }
  }
  assertEquals([...missing], []);
});

Deno.test("what comments of src name or link to exists", () => {
  const files = sourceFiles("src");
  const names = new Set([...files, ...sourceFiles("tests")].map(({ name }) => name));
  const words = new Set(files.flatMap(({ code }) => code.match(/[\w$]+/g) ?? []));
  const missing = files.flatMap(({ path, text, code }) => {
    const comments = [...text].map((char, i) => code[i] === char && char !== "\n" ? " " : char)
      .join("");
    const prose = comments.replace(/```[^]*?```/g, "");
    const files = [...prose.matchAll(/[`(](?:\w+\/)*(\w+\.ts)[`)]/g)].map(([, name]) => name!)
      .filter((name) => !names.has(name));
    const links = [...prose.matchAll(/\{@link(?:code)? (\w+)/g)].map(([, name]) => name!)
      .filter((name) => !words.has(name));
    return [...files, ...links].map((name) => `${path}: ${name}`);
  });
  assertEquals(missing, []);
});
