/** What a process holds or is on its way to hold is given back when it dies, and what is not sent is not lost. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { EOFError, ProcessExitedError, TransferError } from "../../src/core/errors.ts";
import {
  Condition,
  type Connection,
  Lock,
  Pipe,
  Process,
  Queue,
  RLock,
} from "../../src/multiprocessing/mod.ts";
import { ProcessPoolExecutor } from "../../src/futures/mod.ts";
import { hostile } from "../support/targets/hostile_targets.ts";
import { until } from "../support/until_waiting.ts";

for (const [name, make] of [["Lock", () => new Lock()], ["RLock", () => new RLock()]] as const) {
  Deno.test(`a process killed between notify and its ${name} does not get the lock`, async () => {
    const lock = make();
    const condition = new Condition(lock);
    await using child = new Process({ target: hostile.awaitNotice, args: [condition] }).start();
    child.result.catch(() => {}); // its end is looked at below
    await until(async () => (await condition.statistics()).waiting === 1, "it waits");
    await condition.acquire();
    await condition.notify();
    await until(
      async () => (await lock.statistics()).waiting === 1,
      "it stands in the lock's line",
    );
    child.kill();
    await child.join();
    assertEquals((await lock.statistics()).waiting, 0);
    await condition.release();
    assertEquals(await lock.locked(), false);
    const guard = await lock.acquire({ timeout: 60_000 });
    assert(guard !== null, "the lock is lost to a process that is dead");
    await guard[Symbol.asyncDispose]();
  });
}

Deno.test("an end is charged to the process that its message goes to", async () => {
  const [ours, theirs] = Pipe<string>();
  await using other = new Process({ target: hostile.say, args: [[]] }).start();
  other.result.catch(() => {}); // its end is looked at below
  const idle = new Queue();
  const keeper = new Process({ target: hostile.hold, args: [theirs as Connection] });
  keeper.start(); // its message has the end
  await using bystander = new Process({ target: hostile.putEvil, args: [idle] }).start();
  await bystander.result; // a message with something shared went elsewhere meanwhile
  other.kill();
  await Promise.all([other.join(), bystander.join()]);
  await ours.send("still open");
  keeper.kill();
  keeper.result.catch(() => {}); // its end is looked at below
  await keeper.join();
  await assertRejects(() => ours.recv(), EOFError);
});

Deno.test("an end on its way to a process that dies before it comes is closed", async () => {
  const [ours, theirs] = Pipe<string>();
  const child = new Process({ target: hostile.hold, args: [theirs as Connection] }).start();
  child.kill();
  await assertRejects(() => child.result, ProcessExitedError);
  await assertRejects(() => ours.recv(), EOFError);
  await child.join();
});

Deno.test("an end whose message cannot be sent goes back to its owner", async () => {
  const [ours, theirs] = Pipe<unknown>();
  const [way] = Pipe<unknown>();
  const queue = new Queue<unknown>();
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const uncrossable = [[theirs, () => {}], { end: theirs, last: Symbol("no") }];
  for (const value of uncrossable) {
    await assertRejects(() => way.send(value), TransferError);
    await assertRejects(() => queue.put(value), TransferError);
    await assertRejects(async () => await pool.submit((_: unknown) => {}, value), TransferError);
    assertEquals(theirs.closed, false);
  }
  await theirs.send("back");
  assertEquals(await ours.recv(), "back");
  await ours.send("and forth");
  assertEquals(await theirs.recv(), "and forth");
  ours.close();
  theirs.close();
  way.close();
});

Deno.test("an end from elsewhere comes back too, with what it had not given yet", async () => {
  const [ours, theirs] = Pipe<unknown>();
  await ours.send("first");
  await using child = new Process({
    target: async (end: Connection<unknown>) => {
      await end.poll(60_000);
      const refused = await end.send([end, () => {}]).then(() => "sent", (error) => error.name);
      return [refused, end.closed, await end.recv(), await end.recv()];
    },
    args: [theirs as Connection<unknown>],
  }).start();
  await ours.send("second");
  assertEquals(await child.result, ["TransferError", false, "first", "second"]);
  await child.join();
  ours.close();
});

Deno.test("what a process sent right before its end is heard before its end is told", async () => {
  const [ours, theirs] = Pipe<string>();
  await using child = new Process({
    target: async (end: Connection<string>) => {
      await end.send("x".repeat(200_000));
      Deno.exit(0);
    },
    args: [theirs as Connection<string>],
  }).start();
  child.result.catch(() => {}); // its end is looked at below
  assertEquals((await ours.recv()).length, 200_000);
  await child.join();
});
