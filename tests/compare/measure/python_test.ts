import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { compare } from "../../../src/compare/mod.ts";
import { builtIn } from "../../../src/compare/workloads/built_in.ts";
import type { Workload } from "../../../src/compare/workloads/workload.ts";

const small: Workload = { ...builtIn("cpu"), inputs: [{ from: 1e4, to: 2e4 }, { from: 5, to: 9 }] };

for (const workload of [small, builtIn("io", 2)]) {
  Deno.test(`compare() with Python does the same ${workload.name} work in Python`, async () => {
    const { results, notes } = await compare(workload, {
      models: ["sync"],
      workers: 2,
      repeats: 1,
      withPython: true,
    });
    const [note] = notes!;
    if (note === "python3 was not found, so there are no rows of Python") return;
    assertStringIncludes(note!, "its speed-ups are over python-sync");
    assertEquals(results.map(({ model, workers }) => [model, workers]), [
      ["sync", 1],
      ["python-sync", 1],
      ["python-threads", 2],
      ["python-processes", 2],
      ["python-asyncio", 1],
    ]);
    assertEquals(new Set(results.map(({ checksum }) => checksum)).size, 1);
    assert(results.every(({ samples }) => samples.length === 1 && samples[0]! > 0));
  });
}

Deno.test("compare() with Python leaves out workloads that have no Python version", async () => {
  const options = { models: ["sync"], repeats: 1, withPython: true } as const;
  const { results } = await compare(builtIn("messages", 5), options);
  assertEquals(results.map(({ model }) => model), ["sync"]);
});
