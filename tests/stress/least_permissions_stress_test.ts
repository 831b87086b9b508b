/** Takes away each permission that an example's command gives: none of them is given for nothing. */
import "../support/leak_guard.ts";
import { assert } from "@std/assert";
import { pooledMap } from "@std/async";
import { commandOf, runExample } from "../examples/run_example.ts";
import { NATS_VERSION } from "../support/nats_server.ts";

/** What is no program by itself, and what has another part of the project to look after it. */
const OTHERS = ["examples/show.ts", "examples/timeline.ts", "examples/four_ways.ts"].concat(
  NATS_VERSION === undefined ? ["examples/same_program/distributed.ts"] : [],
);
const FOLDERS = ["examples"].concat(
  ["listings", "loop", "primitives", "processes", "same_program"].map((room) => `examples/${room}`),
);

Deno.test("no example asks for a permission that it can do without", async () => {
  const paths = FOLDERS.flatMap((folder) =>
    [...Deno.readDirSync(folder)].filter(({ isFile, name }) => isFile && name.endsWith(".ts"))
      .map(({ name }) => `${folder}/${name}`)
  ).concat("examples/downloads/main.ts").filter((path) => !OTHERS.includes(path));
  const cases: { path: string; without: string }[] = [];
  for (const path of paths) {
    for (const flag of await commandOf(path)) {
      if (flag.startsWith("--allow")) cases.push({ path, without: flag });
    }
  }
  assert(cases.length > 40, `${cases.length} cases`);
  const running = pooledMap(4, cases, async ({ path, without }) => {
    let needed: boolean;
    try {
      const { code, stderr } = await runExample(path, { without });
      needed = code !== 0 || stderr !== "";
    } catch (error) {
      // Some wait for what the others cannot do.
      needed = error instanceof Error && error.message.includes("did not end");
    }
    assert(needed, `${path} does not need ${without}`);
  });
  await Array.fromAsync(running);
});
