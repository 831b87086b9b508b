/**
 * Careless arguments, tried on everything that is exported: no call hangs, none ends the program, and what is
 * refused is refused by an error that names the argument. What is new is found by itself, by reflection.
 */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { runFuzz } from "../support/arguments/run_fuzz.ts";
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
  "compare",
];

async function withSignatures(fn: (file: string) => Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const folders = [...Deno.readDirSync(SRC)].filter((each) => each.isDirectory);
    const signatures = await readSignatures(SRC, folders.map((each) => each.name));
    await Deno.writeTextFile(file, JSON.stringify(signatures));
    await fn(file);
  } finally {
    await Deno.remove(file);
  }
}

for (const module of MODULES) {
  Deno.test(`${module} refuses careless arguments clearly, and takes none as a wait without end`, () =>
    withSignatures(async (file) => {
      const { calls, wrong } = await runFuzz(module, file);
      assertEquals(wrong, []);
      assertEquals(calls > 50, true, `only ${calls} calls were found`);
    }));
}
