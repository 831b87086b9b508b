/** A result that was there when the cancel came is kept, or what it holds is given back: no guard is lost with its lock held. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { bodies } from "../suites/coroutine_bodies.ts";
import { virtually } from "../support/virtual_run.ts";

type Acquire = () => PromiseLike<aio.Guard | undefined>;

/** How a guard may come by way of other work. */
const ways: Record<string, (acquire: Acquire) => aio.Eventual<aio.Guard | undefined>> = {
  "a task": (acquire) => aio.createTask(acquire),
  "a group's child": (acquire) =>
    aio.TaskGroup.run(function* (group) {
      return yield* group.createTask(acquire);
    }),
  "a group's block": (acquire) => aio.TaskGroup.run(acquire),
  "timeout(ms, fn)": (acquire) => aio.timeout(1000, acquire),
  "moveOnAfter": (acquire) => aio.moveOnAfter(1000, acquire),
  "failAfter": (acquire) => aio.failAfter(1000, acquire),
  "CancelScope.run": (acquire) => new aio.CancelScope().run(acquire),
  "waitFor": (acquire) => aio.waitFor(acquire, 1000),
  race: (acquire) => aio.race(acquire),
  "group.start": (acquire) =>
    aio.TaskGroup.run((group) =>
      group.start<aio.Guard>(async (started) => {
        started((await aio.createTask(acquire))!);
      })
    ) as never,
};

for (const { name, returns } of bodies) {
  for (const [way, begin] of Object.entries(ways)) {
    Deno.test(
      `${name}: ${way}: whenever the cancel comes, the lock is with its one owner`,
      virtually(async () => {
        // One turn of the loop after the other: the cancel falls between any two steps of the hand-over.
        for (let turns = 0; turns < 14; turns++) {
          const lock = new aio.Lock();
          const held = await lock.acquire() as aio.Guard;
          let got: aio.Guard | undefined;
          const task = aio.createTask(
            returns(() => begin(() => lock.acquire() as PromiseLike<aio.Guard>)),
          );
          for (let i = 0; i < 12; i++) await aio.sleep(0);
          held[Symbol.dispose]();
          for (let i = 0; i < turns; i++) await Promise.resolve();
          if (turns > 8) { for (let i = 8; i < turns; i++) await aio.sleep(0); }
          task.cancel();
          await aio.wait([task]);
          if (!task.cancelled()) got = task.result();
          assertEquals(lock.locked(), got !== undefined, `after ${turns} turns`);
          got?.[Symbol.dispose]();
          assert(!lock.locked());
        }
      }),
    );
  }
}

Deno.test(
  "the cancel that came after the result comes at the next wait",
  virtually(async () => {
    const source = new aio.Future<string>();
    const seen: string[] = [];
    const task = aio.createTask(async () => {
      seen.push(await aio.timeout(1000, () => source));
      try {
        await aio.sleep(1000);
      } catch (error) {
        seen.push((error as Error).name);
      }
    });
    await aio.sleep(1);
    const inner = [...aio.allTasks()].at(-1)!;
    inner.addDoneCallback(() => task.cancel());
    source.setResult("kept");
    await task;
    assertEquals(seen, ["kept", "CancelledError"]);
  }),
);
