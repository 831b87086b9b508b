/** What `--preload` runs before the main module runs once in each thread and child too. */
import "../support/leak_guard.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { preloadsAmong, resolvingFlags } from "../../src/wire/rpc/start_flags.ts";

const main = new URL("../support/programs/preloaded.ts", import.meta.url).href;

async function run(
  folder: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...args, main],
    cwd: folder,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

async function withFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "preload é " });
  try {
    for (const mark of ["first", "second"]) {
      const text = `(globalThis.marks ??= []).push("${mark}");`;
      await Deno.writeTextFile(`${folder}/${mark}.ts`, text);
    }
    await Deno.writeTextFile(`${folder}/fails.ts`, `throw new RangeError("cannot preload");`);
    await fn(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("preloaded modules run once in each thread and each child", () =>
  withFolder(async (folder) => {
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const flags = ["-A", `--config=${config}`, "--preload", "./first.ts"];
    const { code, out, err } = await run(folder, ...flags, `--import=${folder}/second.ts`);
    assertEquals([code, err], [0, ""]);
    const seen = JSON.parse(out);
    assertEquals(Object.keys(seen).length, 6);
    for (const [where, marks] of Object.entries(seen)) {
      assertEquals((marks as string[]).toSorted(), ["first", "second"], where);
    }
  }));

Deno.test("a preloaded module that fails in a thread is told", () =>
  withFolder(async (folder) => {
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const only =
      `if (typeof WorkerGlobalScope !== "undefined") throw new RangeError("not in a thread");`;
    await Deno.writeTextFile(`${folder}/picky.ts`, only);
    const { code, err } = await run(
      folder,
      "-A",
      `--config=${config}`,
      "--preload=picky.ts",
    );
    assertEquals(code, 1);
    assertStringIncludes(err, "not in a thread");
  }));

Deno.test("preloads are told from the command line alone, not from the program's own arguments", () => {
  const flags = resolvingFlags(
    "deno run -A --preload /a.ts --require=/b.cjs --import npm:x main.ts --preload=/c.ts".split(
      " ",
    ),
  );
  assertEquals(preloadsAmong(flags), ["file:///a.ts", "file:///b.cjs", "npm:x"]);
});
