import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { BoundedSemaphore, Process, Semaphore } from "../../../src/multiprocessing/mod.ts";
import { semaphoreSuite } from "../../suites/semaphore_suite.ts";
import { targets } from "../../support/targets/process_targets.ts";

semaphoreSuite("multiprocessing.Semaphore", (value) => new Semaphore(value), { fair: true });
semaphoreSuite("multiprocessing.BoundedSemaphore", (value) => new BoundedSemaphore(value), {
  bounded: true,
  fair: true,
});

Deno.test("Semaphore is released from another process", async () => {
  const semaphore = new Semaphore(0);
  await using child = new Process({ target: targets.release, args: [semaphore] }).start();
  await semaphore.acquire();
  await child.result;
  assertEquals(await semaphore.getValue(), 0);
});
