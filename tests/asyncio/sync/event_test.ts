/** Event. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { eventSuite } from "../../suites/event_suite.ts";
import { bodies } from "../../suites/coroutine_bodies.ts";
import { virtually } from "../../support/virtual_run.ts";

eventSuite("asyncio.Event", () => new aio.Event());

for (const { name, returns, waits } of bodies) {
  Deno.test(
    `Event: ${name}: set() wakes all in order; clear() makes others wait (239)`,
    virtually(async () => {
      const event = new aio.Event();
      const tasks = [1, 2, 3].map(() => aio.createTask(returns(() => event.wait())));
      await aio.sleep(0);
      await aio.sleep(0);
      assertEquals(event.statistics(), { isSet: false, waiting: 3 });
      event.set();
      event.set();
      event.clear();
      assertEquals(await aio.gather(...tasks), [true, true, true]);
      assertEquals(await event.wait({ timeout: 1 }), false);
    }),
  );

  Deno.test(
    `Event: ${name}: a cancelled waiter is removed (241)`,
    virtually(async () => {
      const event = new aio.Event();
      const task = aio.createTask(waits(() => event.wait()));
      await aio.sleep(1);
      task.cancel();
      await assertRejects(async () => await task, aio.CancelledError);
      assertEquals(event.statistics().waiting, 0);
    }),
  );
}

Deno.test("Event: works between those who stand outside of any loop", async () => {
  const event = new aio.Event();
  const waiting = event.wait();
  event.set();
  assert(await waiting);
});
