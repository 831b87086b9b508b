import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Event, Process } from "../../../src/multiprocessing/mod.ts";
import { eventSuite } from "../../suites/event_suite.ts";
import { targets } from "../../support/targets/process_targets.ts";

eventSuite("multiprocessing.Event", () => new Event());

Deno.test("Event set here wakes a process that waits", async () => {
  const event = new Event();
  await using child = new Process({ target: targets.awaitEvent, args: [event] }).start();
  await event.set();
  assertEquals(await child.result, true);
});
