/** A cancel is passed from task to task however many they are, and ends also tasks that wait for each other. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { bodies } from "../suites/coroutine_bodies.ts";

for (const { name, returns } of bodies) {
  Deno.test(`${name}: tasks that wait for each other in a ring end when one is cancelled`, async () => {
    for (const size of [2, 3, 50]) {
      await aio.run(async () => {
        const tasks: aio.Task<unknown>[] = [];
        for (let i = 0; i < size; i++) {
          tasks.push(aio.createTask(returns<unknown>(() => tasks[(i + 1) % size]!)));
        }
        await aio.sleep(0);
        await aio.sleep(0);
        assert(tasks[0]!.cancel("enough"));
        await aio.wait(tasks);
        assert(tasks.every((task) => task.cancelled()));
      });
    }
  });

  Deno.test(`${name}: a ring through gather, and one through groups, ends too`, async () => {
    await aio.run(async () => {
      const tasks: aio.Task<unknown>[] = [];
      const gathers = returns<unknown>(() => aio.gather(tasks[1]!, aio.sleep(1000)));
      const bounds = returns<unknown>(() => aio.timeout(1000, () => tasks[0]!));
      tasks.push(aio.createTask(gathers), aio.createTask(bounds));
      const [a, b] = tasks;
      await aio.sleep(0);
      await aio.sleep(0);
      a!.cancel();
      await aio.wait([a!, b!]);
      assert(a!.cancelled() && b!.cancelled());
    });
  });

  Deno.test(`${name}: a child that waits for the task of its own group ends with it`, async () => {
    await aio.run(async () => {
      let waiting = 0;
      const parents: aio.Task<unknown>[] = [
        returns<unknown>(() =>
          aio.TaskGroup.run((group) => void group.createTask(returns<unknown>(() => wait(0))))
        ),
        async () => {
          await using group = new aio.TaskGroup();
          group.createTask(returns<unknown>(() => wait(1)));
        },
        returns<unknown>(() => aio.race(returns<unknown>(() => wait(2)), aio.sleep(10_000))),
      ].map((parent) => aio.createTask<unknown>(parent));
      const wait = (at: number): aio.Task<unknown> => {
        waiting++;
        return parents[at]!;
      };
      while (waiting < 3) await aio.sleep(0);
      await aio.sleep(0);
      for (const parent of parents) parent.cancel();
      await aio.wait(parents);
      for (const parent of parents) assert(parent.cancelled());
    });
  });

  Deno.test(`${name}: a chain of 100,000 tasks is cancelled from its end`, async () => {
    await aio.run(async () => {
      let last: aio.Task<unknown> = aio.createTask(returns<unknown>(() => aio.sleep(1000)));
      const first = last;
      for (let i = 0; i < 100_000; i++) {
        const before = last;
        last = aio.createTask(returns<unknown>(() => before));
      }
      await aio.sleep(0);
      await aio.sleep(0);
      last.cancel();
      await aio.wait([last]);
      assert(last.cancelled() && first.cancelled());
    });
  });
}

Deno.test("two that wait for the same task wait for its clean-up, when both are cancelled by one", async () => {
  await aio.run(async () => {
    const order: string[] = [];
    const shared = aio.createTask(async () => {
      try {
        await aio.sleep(1000);
      } finally {
        await aio.sleep(1);
        order.push("cleaned");
      }
    });
    const waiter = (name: string) => async () => {
      try {
        await shared;
      } finally {
        order.push(name);
      }
    };
    const all = aio.createTask(() => aio.gather(waiter("a"), waiter("b")));
    await aio.sleep(1);
    all.cancel();
    await aio.wait([all]);
    assertEquals(order, ["cleaned", "a", "b"]);
  });
});

Deno.test("a task that cancels others while its own signal aborts reaches them all", async () => {
  await aio.run(async () => {
    const others = [1, 2, 3].map(() => aio.createTask(() => aio.sleep(1000)));
    const task = aio.createTask(async () => {
      aio.currentSignal().addEventListener("abort", () => others.forEach((each) => each.cancel()));
      await aio.sleep(1000);
    });
    await aio.sleep(1);
    task.cancel();
    await aio.wait([task, ...others]);
    assertEquals([task, ...others].map((each) => [each.cancelled(), each.cancelling()]), [
      [true, 1],
      [true, 1],
      [true, 1],
      [true, 1],
    ]);
  });
});
