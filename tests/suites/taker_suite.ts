/** Everything to which one can give a wait, and which then gives it up: the same for the waits of every module. */
import { assertEquals, assertRejects } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";

/** What takes a wait of anything, and gives it up. */
export const takers: Readonly<
  Record<string, (wait: () => PromiseLike<unknown>) => Promise<unknown>>
> = {
  waitFor: (wait) => assertRejects(async () => await aio.waitFor(wait(), 5), aio.TimeoutError),
  "waitFor at once": (wait) =>
    assertRejects(async () => await aio.waitFor(wait(), 0), aio.TimeoutError),
  race: async (wait) => assertEquals(await aio.race(wait(), aio.sleep(5, "slept")), "slept"),
  async gather(wait) {
    const both = aio.gather(wait(), aio.sleep(1000));
    await aio.sleep(5);
    both.cancel();
    await assertRejects(async () => await both, aio.CancelledError);
  },
  async wait(wait) {
    const task = aio.createTask(wait());
    const { pending } = await aio.wait([task], { timeout: 5 });
    assertEquals(pending.size, 1);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
  },
  async createTask(wait) {
    const task = aio.createTask(wait());
    await aio.sleep(5);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
  },
  async "createTask, cancelled before it begins"(wait) {
    const task = aio.createTask(wait());
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
  },
  async "a task that asCompleted waits for"(wait) {
    const task = aio.createTask(wait());
    await assertRejects(async () => {
      for await (const _ of aio.asCompleted([task], { timeout: 5 }));
    }, aio.TimeoutError);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
  },
  async "a cancelled task"(wait) {
    const task = aio.createTask(async () => await wait());
    await aio.sleep(5);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
  },
  async "a cancelled generator"(wait) {
    const task = aio.createTask(function* () {
      yield wait();
    });
    await aio.sleep(5);
    task.cancel();
    await assertRejects(async () => await task, aio.CancelledError);
  },
  timeout: (wait) =>
    assertRejects(async () => await aio.timeout(5, async () => await wait()), aio.TimeoutError),
  async moveOnAfter(wait) {
    let got = false;
    await aio.moveOnAfter(5, async () => {
      await wait();
      got = true;
    });
    assertEquals(got, false);
  },
  async "a cancelled group"(wait) {
    await using group = new aio.TaskGroup();
    group.createTask(async () => await wait());
    await aio.sleep(5);
    group.cancel();
  },
};
