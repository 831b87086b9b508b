import "../../support/leak_guard.ts";
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { compare } from "../../../src/compare/mod.ts";
import { builtIn } from "../../../src/compare/workloads/built_in.ts";
import type { Workload } from "../../../src/compare/workloads/workload.ts";

/** The rows that every Python has. */
const OWN = ["python-sync", "python-threads", "python-processes", "python-asyncio"];

const small: Workload = { ...builtIn("cpu"), inputs: [{ from: 1e4, to: 2e4 }, { from: 5, to: 9 }] };

for (const workload of [small, builtIn("io", { tasks: 2 })]) {
  Deno.test(`compare() with Python does the same ${workload.name} work in Python`, async () => {
    const { results, notes } = await compare(workload, {
      models: ["sync"],
      workers: 2,
      repeats: 1,
      withPython: true,
    });
    if (notes!.includes("python3 was not found, so there are no rows of Python")) return;
    assertMatch(notes!.find((note) => note.startsWith("python3 "))!, /^python3 is \S+ \d+\.\d+/);
    const [sync, ...rows] = results;
    const own = rows.filter(({ model }) => OWN.includes(model));
    assertEquals([sync, ...own].map((each) => [each!.model, each!.workers]), [
      ["sync", 1],
      ["python-sync", 1],
      ["python-threads", 2],
      ["python-processes", 2],
      ["python-asyncio", 1],
    ]);
    assertEquals(new Set(results.map(({ checksum }) => checksum)).size, 1);
    // Over the same row as all others: the time of a task here ÷ the time of a task there.
    for (const { speedup, wallMs } of rows) {
      assertAlmostEquals(speedup.value, sync!.wallMs.median / wallMs.median, 1e-9);
    }
    assert(results.every(({ samples }) => samples.length === 1 && samples[0]! > 0));
  });
}

Deno.test("compare() with Python says which workloads have no Python version", async () => {
  const options = { models: ["sync"], repeats: 1, withPython: true } as const;
  const { results, notes } = await compare(builtIn("memory", { size: 80 }), options);
  assertEquals(results.map(({ model }) => model), ["sync"]);
  assert(notes!.some((note) => note.includes("there is no version of it in Python")));
});
