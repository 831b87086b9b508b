// An item with a queue or a connection in it whose process had ended could not be got: it was lost, and said to be none.
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Process, Queue } from "@quartet/concurrency/multiprocessing";
import { leftovers, useLeftover } from "../support/targets/leftover_targets.ts";

for (const [kind, target] of Object.entries(leftovers)) {
  Deno.test(`an item comes although its ${kind} is of a process that has ended, whose use says so`, async () => {
    const line = new Queue<never>();
    await using owner = new Process({ target, args: [line] }).start();
    await owner.join();
    await using reader = new Process({ target: useLeftover, args: [line] }).start();
    assertEquals(await reader.result, [1, "EOFError"]);
  });
}
