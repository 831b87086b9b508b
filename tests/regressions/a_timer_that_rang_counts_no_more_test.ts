/** A timer that is cancelled after it rang is no timer to come, so it takes none of the others from the count. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Event, getRunningLoop, newEventLoop, run, sleep } from "../../src/asyncio/mod.ts";

Deno.test("cancelling a timer that has rung, or never will, leaves the count of those to come", async () => {
  const loop = newEventLoop();
  const rung = loop.callLater(0, () => {});
  const ahead = loop.callLater(60_000, () => {});
  const never = loop.callAt(Infinity, () => {});
  await loop.runUntilComplete(function* () {
    yield;
    yield;
  });
  rung.cancel();
  never.cancel();
  rung.cancel();
  assertEquals(loop.timersAhead, 1);
  ahead.cancel();
  ahead.cancel();
  assertEquals(loop.timersAhead, 0);
  loop.close();
});

Deno.test("timers that rang and were cancelled afterwards hide none from the search for deadlocks", async () => {
  const event = new Event();
  const got = await run(async () => {
    const spent = [1, 2, 3].map(() => getRunningLoop().callLater(0, () => {}));
    await sleep(2);
    for (const timer of spent) timer.cancel();
    getRunningLoop().callLater(5, () => event.set());
    return await event.wait();
  }, { detectDeadlock: true });
  assertEquals(got, true);
});
