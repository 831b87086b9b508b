import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Process } from "../../../src/multiprocessing/mod.ts";
import { eventSuite } from "../../suites/event_suite.ts";
import { WAYS } from "../../support/served.ts";
import { targets } from "../../support/targets/process_targets.ts";

for (const way of WAYS) {
  eventSuite(`multiprocessing.Event, ${way.name}`, () => way.event());

  Deno.test(`Event set here wakes a process that waits, ${way.name}`, async () => {
    const event = way.event();
    await using child = new Process({ target: targets.awaitEvent, args: [event] }).start();
    await event.set();
    assertEquals(await child.result, true);
  });
}
