/** deno.lock has all that anything here imports: no command in a fresh clone changes it. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { root, sourceFiles } from "../support/source_tree.ts";

Deno.test("deno.lock knows every dependency of the sources and the tests", async () => {
  const files = [...sourceFiles("src"), ...sourceFiles("tests"), ...sourceFiles("examples")];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--frozen", ...files.map(({ path }) => path)],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
});
