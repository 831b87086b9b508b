import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { compare } from "../../../src/compare/mod.ts";
import { builtIn } from "../../../src/compare/workloads/built_in.ts";

Deno.test("compare() finds break-evens and predicts more cores when it is asked to, with cpu alone", async () => {
  const cpu = builtIn("cpu", { tasks: 2, size: 2000 });
  const { breakEven, prediction } = await compare([cpu, builtIn("messages", { tasks: 10 })], {
    models: ["sync", "threads"],
    repeats: 1,
    breakEven: true,
    predict: true,
  });
  assertEquals(breakEven!.map(({ workload, model }) => [workload, model]), [["cpu", "threads"]]);
  const [found] = breakEven!;
  if (found!.taskMs !== null) assert(found!.taskMs.low <= found!.taskMs.high);
  if (navigator.hardwareConcurrency === 1) return; // one core tells nothing of more
  const cores = navigator.hardwareConcurrency;
  assertEquals(prediction!.map((each) => each.cores), [2, 4, 8].map((times) => times * cores));
  for (const { speedup: { value, low, high } } of prediction!) {
    assert(low <= value && value <= high && low > 0);
  }
});

Deno.test("compare() makes no sweep when it is not asked to", async () => {
  const cpu = builtIn("cpu", { tasks: 2, size: 100 });
  const comparison = await compare(cpu, { models: ["sync", "threads"], repeats: 1 });
  assertEquals([comparison.breakEven, comparison.prediction], [undefined, undefined]);
});
