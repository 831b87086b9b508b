/** Work that fails, never ends, or cannot cross: what is told, and what is left. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  compare,
  defineWorkload,
  type ModelName,
  portable,
  WorkloadError,
} from "../../../src/compare/mod.ts";
import { waitAtTwo } from "../../support/targets/endless.ts";

const url = new URL("../../support/targets/endless.ts", import.meta.url).href;
portable({ url } as ImportMeta, { waitAtTwo });

const HERE: readonly ModelName[] = ["sync", "async", "generators"];

for (const model of [...HERE, "processes"] as const) {
  Deno.test(`compare() ends a call that never ends under ${model}, and names it`, async () => {
    const work = defineWorkload({ name: "work", run: waitAtTwo, inputs: [1, 2, 3] });
    // A call that ends needs no time here, and a process of its own on a busy machine.
    const [timeout, said] = model === "processes" ? [3_000, "3.00 s"] : [300, "300 ms"];
    const options = { models: [model], workers: 2, timeout, repeats: 1 };
    const error = await assertRejects(() => compare(work, options), WorkloadError);
    assertStringIncludes(
      error.message,
      `Cannot measure work: ${model} did not finish input 2 of 3 (2) within ${said}`,
    );
    assertEquals([error.model, error.input], [model, 1]);
  });
}

Deno.test("compare() names the model and the input of an error, and keeps the error as the cause", async () => {
  const cause = new RangeError("no luck");
  const work = defineWorkload({
    name: "work",
    run: ({ n }: { n: number }) => {
      if (n === 3) throw cause;
      return n;
    },
    inputs: [{ n: 1 }, { n: 3 }],
  });
  const failing = () => compare(work, { models: ["sync"], repeats: 1 });
  const error = await assertRejects(failing, WorkloadError);
  assertEquals(
    error.message,
    'Cannot measure work: sync failed with input 2 of 2 ({"n":3}): RangeError: no luck',
  );
  assert(error.cause === cause);
});

Deno.test("compare() leaves a model out to whose workers a value cannot cross, and says so", async () => {
  const work = defineWorkload({ name: "work", run: (n: number) => () => n, inputs: [1] });
  const models = ["sync", "threads"] as const;
  const { results, notes } = await compare(work, { models, repeats: 1 });
  assertEquals(results.map(({ model }) => model), ["sync"]);
  assertStringIncludes(notes!.join("\n"), "work: threads was left out: Cannot send");
});

Deno.test("compare() measures functions whose results are cycles, instances, generators or nothing", async () => {
  class Point {
    constructor(readonly x: number) {}
  }
  const cycle = (n: number) => {
    const made: { n: number; self?: unknown } = { n };
    made.self = made;
    return made;
  };
  const runs: Record<string, (n: number) => unknown> = {
    cycle,
    instance: (n) => new Point(n),
    *generator(n) {
      yield n;
      yield n + 1;
    },
    async *asyncGenerator(n) {
      yield n;
      await Promise.resolve();
      yield n + 1;
    },
    nothing: () => undefined,
    deep: () => Array.from({ length: 500 }).reduce((inner: unknown) => [inner], 0),
  };
  for (const [name, run] of Object.entries(runs)) {
    const work = defineWorkload({ name, run, inputs: [1, 2] });
    const models = ["sync", "async", "generators"] as const;
    const { results, notes = [] } = await compare(work, { models, repeats: 2 });
    assertEquals(results.length, 3, name);
    assertEquals(new Set(results.map(({ checksum }) => checksum)).size, 1, name);
    assertEquals(notes.filter((note) => !note.includes("kept the machine busy")), [], name);
  }
});

Deno.test("compare() spreads an input over several arguments when it is told to", async () => {
  const pairs = defineWorkload({
    name: "pairs",
    run: (a: number, b: number) => a * b,
    inputs: [[2, 3], [4, 5]] as [number, number][],
    spread: true,
  });
  const lists = defineWorkload({
    name: "lists",
    run: (pair: readonly number[]) => pair[0]! * pair[1]!,
    inputs: pairs.inputs as number[][],
  });
  const { results } = await compare([pairs, lists], { models: ["sync"], repeats: 1 });
  assertEquals(results[0]!.checksum, results[1]!.checksum);
});
