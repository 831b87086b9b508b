/** A future of another loop, which nobody runs perhaps, is refused wherever it is waited for: it does not hang. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";

type Use = (future: aio.Future<string>) => Promise<unknown>;

const uses: Record<string, Use> = {
  "await": async (future) => await future,
  "a generator": (future) =>
    aio.createTask(function* () {
      return yield* future;
    }).then(),
  "gather": async (future) => await aio.gather(future, aio.sleep(0)),
  "wait": async (future) => await aio.wait([future]),
  "waitFor": async (future) => await aio.waitFor(future, 1000),
  "shield": async (future) => await aio.shield(future),
  "race": async (future) => await aio.race(future),
  "asCompleted": async (future) => {
    for await (const each of aio.asCompleted([future])) return await each;
  },
  "ensureFuture": async (future) => await aio.ensureFuture(future),
  "createTask": async (future) => await aio.createTask(future),
  "TaskGroup": async (future) => {
    await using group = new aio.TaskGroup();
    return await group.start<string>(async (started) => started(await future));
  },
  "timeout": async (future) => await aio.timeout(1000, () => future),
  "Promise.all": async (future) => await Promise.all([future]),
  "Promise.race": async (future) => await Promise.race([future]),
  "then": async (future) => await future.then((value) => value),
  "catch": async (future) =>
    await future.catch((error) => {
      throw error;
    }),
  "finally": async (future) => await future.finally(() => {}),
  "amap": async (future) => await Array.fromAsync(aio.amap([1], () => future)),
  "moveOnAfter": async (future) => await aio.moveOnAfter(1000, () => future),
};

for (const [name, use] of Object.entries(uses)) {
  Deno.test(`${name}: a future of a loop that does not run is refused`, async () => {
    const other = aio.newEventLoop();
    const foreign = other.createFuture<string>();
    await aio.run(async () => {
      await assertRejects(() => use(foreign), aio.InvalidStateError, "different loop");
    });
    other.close();
  });
}

Deno.test("a future of another loop that has ended is taken", async () => {
  const other = aio.newEventLoop();
  const foreign = other.createFuture<string>();
  foreign.setResult("there");
  for (const name of ["await", "gather", "waitFor", "shield", "createTask"]) {
    assertEquals([await aio.run(() => uses[name]!(foreign))].flat()[0], "there", name);
  }
  other.close();
});

Deno.test("who stands outside of any loop may wait for one that is run later", async () => {
  const loop = aio.newEventLoop();
  const task = loop.createTask(() => aio.sleep(1, "ran"));
  const waiting = (async () => await task)();
  await loop.runUntilComplete(task);
  assertEquals(await waiting, "ran");
  loop.close();
});
