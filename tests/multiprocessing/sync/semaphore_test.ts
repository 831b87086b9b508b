import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Process } from "../../../src/multiprocessing/mod.ts";
import { semaphoreSuite } from "../../suites/semaphore_suite.ts";
import { WAYS } from "../../support/served.ts";
import { targets } from "../../support/targets/process_targets.ts";

for (const way of WAYS) {
  const fair = way.name === "served";
  semaphoreSuite(`multiprocessing.Semaphore, ${way.name}`, way.semaphore, { fair });
  semaphoreSuite(`multiprocessing.BoundedSemaphore, ${way.name}`, way.boundedSemaphore, {
    bounded: true,
    fair,
  });

  Deno.test(`Semaphore is released from another process, ${way.name}`, async () => {
    const semaphore = way.semaphore(0);
    await using child = new Process({ target: targets.release, args: [semaphore] }).start();
    await semaphore.acquire();
    await child.result;
    assertEquals(await semaphore.getValue(), 0);
  });
}
