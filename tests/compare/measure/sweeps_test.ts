import "../../support/leak_guard.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { compare, defineWorkload, portable } from "../../../src/compare/mod.ts";
import { builtIn } from "../../../src/compare/workloads/built_in.ts";

Deno.test("compare() finds break-evens and predicts more cores when it is asked to, with cpu alone", async () => {
  const cpu = builtIn("cpu", { tasks: 2, size: 2000 });
  const { breakEven, prediction, notes } = await compare(
    [cpu, builtIn("messages", { tasks: 10 })],
    {
      models: ["sync", "threads"],
      repeats: 1,
      breakEven: true,
      predict: true,
    },
  );
  assertEquals(breakEven!.map(({ workload, model }) => [workload, model]), [["cpu", "threads"]]);
  assert(notes!.includes("messages: no break-even and no prediction: its tasks are too short"));
  const [found] = breakEven!;
  if (found!.taskMs !== null) assert(found!.taskMs.low <= found!.taskMs.high);
  if (navigator.hardwareConcurrency === 1) return; // one core tells nothing of more
  const cores = navigator.hardwareConcurrency;
  assertEquals(prediction!.map((each) => each.cores), [2, 4, 8].map((times) => times * cores));
  for (const { speedup: { value, low, high } } of prediction!) {
    assert(low <= value && value <= high && low > 0);
  }
});

const { spin, nap } = portable(import.meta, {
  spin(times: number): number {
    let x = 1;
    for (let i = 0; i < times; i++) x = Math.imul(x, 1_664_525) + 1;
    return x;
  },
  nap: (ms: number): Promise<number> => new Promise((resolve) => setTimeout(resolve, ms, ms)),
});

Deno.test("compare() finds break-evens of work that nobody called computing and that computes", async () => {
  const works = [
    defineWorkload({ name: "spin", run: spin, inputs: [1e7, 1e7] }),
    defineWorkload({ name: "nap", run: nap, inputs: [5, 5] }),
  ];
  const options = { models: ["sync", "threads"], repeats: 1, breakEven: true } as const;
  const { breakEven, notes } = await compare(works, options);
  assertEquals(breakEven!.map(({ workload }) => workload), ["spin"]);
  assert(notes!.includes("nap: no break-even and no prediction: its tasks do not just compute"));
  const alone = await compare(works[0]!, { ...options, models: ["sync", "async"] });
  assertMatch(alone.notes!.join(), /they set threads or processes against sync/);
});

Deno.test("compare() makes no sweep when it is not asked to", async () => {
  const cpu = builtIn("cpu", { tasks: 2, size: 100 });
  const comparison = await compare(cpu, { models: ["sync", "threads"], repeats: 1 });
  assertEquals([comparison.breakEven, comparison.prediction], [undefined, undefined]);
});
