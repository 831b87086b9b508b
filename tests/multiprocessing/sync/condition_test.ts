import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Condition, Process, Value } from "../../../src/multiprocessing/mod.ts";
import { conditionSuite } from "../../suites/condition_suite.ts";
import { asOwner } from "../../support/owner.ts";
import { until } from "../../support/until_waiting.ts";
import { targets } from "../../support/targets/process_targets.ts";

conditionSuite("multiprocessing.Condition", () => new Condition(), { as: asOwner });

Deno.test("Condition wakes a process that waits", async () => {
  const condition = new Condition();
  const value = new Value();
  await using child = new Process({ target: targets.awaitValue, args: [condition, value] }).start();
  await until(async () => (await condition.statistics()).waiting === 1, "the child waits");
  {
    await using _held = await condition.acquire();
    await value.set(7);
    await condition.notify();
  }
  assertEquals(await child.result, 7);
});
