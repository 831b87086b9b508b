import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Condition, Event, Process, Value } from "../../../src/multiprocessing/mod.ts";
import { conditionSuite } from "../../suites/condition_suite.ts";
import { WAYS } from "../../support/served.ts";
import { asOwner } from "../../support/owner.ts";
import { hostile } from "../../support/targets/hostile_targets.ts";
import { until } from "../../support/until_waiting.ts";
import { targets } from "../../support/targets/process_targets.ts";

for (const way of WAYS) {
  conditionSuite(`multiprocessing.Condition, ${way.name}`, () => way.condition(), { as: asOwner });

  Deno.test(`Condition wakes a process that waits: ${way.name}`, async () => {
    const condition = way.condition();
    const value = new Value();
    await using child = new Process({ target: targets.awaitValue, args: [condition, value] })
      .start();
    await until(async () => (await condition.statistics()).waiting === 1, "the child waits");
    {
      await using _held = await condition.acquire();
      await value.set(7);
      await condition.notify();
    }
    assertEquals(await child.result, 7);
  });

  for (const [name, make] of [["Lock", way.lock], ["RLock", way.rlock]] as const) {
    Deno.test(`a notification of a process that is killed before it has its ${name} goes to the next, ${way.name}`, async () => {
      const lock = make();
      const condition = way.condition(lock);
      await using child = new Process({ target: hostile.awaitNotice, args: [condition] }).start();
      child.result.catch(() => {}); // its end is looked at below
      await until(async () => (await condition.statistics()).waiting === 1, "it waits");
      const next = asOwner("next", async () => {
        await using _held = await condition.acquire();
        return await condition.wait();
      });
      await until(async () => (await condition.statistics()).waiting === 2, "both wait");
      await condition.acquire();
      await condition.notify();
      child.kill();
      await child.join();
      await condition.release();
      assertEquals(await next, true);
      assertEquals((await lock.statistics()).abandoned, 0, "it never had the lock");
    });

    Deno.test(`a process that gave up waiting and is killed before it has its ${name} leaves the line, ${way.name}`, async () => {
      const lock = make();
      const condition = way.condition(lock);
      const told = new Event();
      await using child = new Process({ target: hostile.giveUpNotice, args: [condition, told] })
        .start();
      child.result.catch(() => {}); // its end is looked at below
      await until(async () => (await condition.statistics()).waiting === 1, "it waits");
      await condition.acquire();
      await told.set();
      await until(async () => (await lock.statistics()).waiting === 1, "it wants its lock back");
      child.kill();
      await child.join();
      assertEquals((await lock.statistics()).waiting, 0);
      await condition.release();
      assertEquals(await lock.statistics().then(({ locked, abandoned }) => [locked, abandoned]), [
        false,
        0,
      ]);
    });

    Deno.test(`a process that is killed while it waits to be notified leaves a free ${name} free, ${way.name}`, async () => {
      const lock = make();
      const condition = way.condition(lock);
      await using child = new Process({ target: hostile.awaitNotice, args: [condition] }).start();
      child.result.catch(() => {}); // its end is looked at below
      await until(async () => {
        const { waiting, locked } = await condition.statistics();
        return waiting === 1 && !locked;
      }, "it waits");
      child.kill();
      await child.join();
      assertEquals(await condition.statistics(), { waiting: 0, locked: false });
      assertEquals((await lock.statistics()).abandoned, 0);
    });
  }
}

Deno.test(
  "a process that blocks at a Condition and is asked to stop has the lock again before it throws",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    const condition = new Condition();
    await using child = new Process({ target: targets.blockUntilStopped, args: [condition] })
      .start();
    await until(async () => (await condition.statistics()).waiting === 1, "it blocks");
    child.stop(new Error("enough"));
    assertEquals(await child.result, "enough");
    assertEquals(await condition.statistics(), { waiting: 0, locked: false });
  },
);
