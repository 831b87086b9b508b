import "../../support/leak_guard.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";

const entry = new URL("../../../src/compare/mod.ts", import.meta.url).href;

Deno.test("compare() measures what it may without any permission, and says what it left out", async () => {
  const script = `
    import { compare, defineWorkload } from ${JSON.stringify(entry)};
    const work = defineWorkload({ name: "work", run: (n: number) => n + 1, inputs: [1, 2] });
    const { results, notes } = await compare(work, { repeats: 1 });
    console.log(JSON.stringify([results.map(({ model }) => model), notes]));
  `;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, script);
    const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-lock", "--config", config, `${folder}/main.ts`],
      env: { NO_COLOR: "1" },
      stdin: "null",
      signal: AbortSignal.timeout(60_000),
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const [models, notes] = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(models, ["sync", "async"]);
    assertMatch(notes.join("\n"), /threads was left out: Requires read access/);
    assertMatch(notes.join("\n"), /processes was left out: .*--allow-/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
