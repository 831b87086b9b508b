import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { blank } from "../support/blank.ts";
import { SourceFile } from "../support/source_tree.ts";

const bare = (text: string): string => blank(text, { strings: true });

Deno.test("blank() takes comments and the insides of strings, and nothing else", () => {
  assertEquals(
    bare('a(); // new Worker\nb("http://x"); /* c */ d'),
    'a();              \nb("        ");         d',
  );
  assertEquals(bare("`a ${b(`c ${'d'}`)} e` + f"), "`  ${b(`  ${' '}`)}  ` + f");
  assertEquals(bare("x = { y: `${ {a: 1}.a } z` }; w"), "x = { y: `${ {a: 1}.a }  ` }; w");
  assertEquals(bare(`m(/["'\`/[/]]/g); n / o / "p"`), `m(/         /g); n / o / " "`);
  assertEquals(bare(`q("\\"", 'r\\\\'); s`), `q("  ", '   '); s`);
  assertEquals(blank('import "node:v8"; // x', { strings: false }), 'import "node:v8";     ');
});

Deno.test("SourceFile.imports tells what comes from where, when, and whether only types", () => {
  const file = new SourceFile(
    "src/wire/host.ts",
    `/** import { no } from "./comment.ts" */
     import { a, type B } from "./port.ts";
     import type { C } from "../core/mod.ts";
     export { type D, type E } from "../shared/mod.ts";
     export * from "./codec.ts";
     import "./effect.ts";
     import {
       f,
     } from "@std/async";
     const g = () => import("../core/flow/async_work.ts");
     type H = typeof import("./worker.ts");`,
  );
  assertEquals(
    file.imports.map(({ path, from, typeOnly, lazy }) => [path ?? from, typeOnly, lazy]),
    [
      ["src/wire/port.ts", false, false],
      ["src/core/mod.ts", true, false],
      ["src/shared/mod.ts", true, false],
      ["src/wire/codec.ts", false, false],
      ["@std/async", false, false],
      ["src/wire/effect.ts", false, false],
      ["src/core/flow/async_work.ts", false, true],
      ["src/wire/worker.ts", true, true],
    ],
  );
});

Deno.test("SourceFile.find names the line", () => {
  const file = new SourceFile("src/a.ts", "// new Worker\nconst w =\n  new Worker(url);\n");
  assertEquals(file.find(/\bnew\s+Worker\b/), ["src/a.ts:3: new Worker(url);"]);
});
