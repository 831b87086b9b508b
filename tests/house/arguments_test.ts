/**
 * Careless arguments, tried on everything that is exported: no call hangs, none ends the program, and what is
 * refused is refused by an error that names the argument. What is new is found by itself, by reflection.
 */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { pooledMap } from "@std/async";
import { type Findings, runFuzz } from "../support/arguments/run_fuzz.ts";
import { readSignatures } from "../support/arguments/signatures.ts";

const SRC = new URL("../../src/", import.meta.url);

const MODULES = [
  "threading",
  "queue",
  "coroutines",
  "testing",
  "multiprocessing",
  "futures",
  "asyncio",
  "gevent",
  "distributed",
  "compare",
];

/** They wait most of the time, to see what waits without end. */
const AT_ONCE = 3;
const found = new Map<string, Findings>();

Deno.test.beforeAll(async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const folders = [...Deno.readDirSync(SRC)].filter((each) => each.isDirectory);
    const signatures = await readSignatures(SRC, folders.map((each) => each.name));
    await Deno.writeTextFile(file, JSON.stringify(signatures));
    const running = pooledMap(AT_ONCE, MODULES, async (module) => {
      found.set(module, await runFuzz(module, file));
    });
    await Array.fromAsync(running);
  } finally {
    await Deno.remove(file);
  }
});

for (const module of MODULES) {
  Deno.test(`${module} refuses careless arguments clearly, and takes none as a wait without end`, () => {
    const { calls, wrong } = found.get(module)!;
    assertEquals(wrong, []);
    assertEquals(calls > 50, true, `only ${calls} calls were found`);
  });
}
