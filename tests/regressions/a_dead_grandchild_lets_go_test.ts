// A process whose own children were gone looked for no deaths any more: what a child of theirs held, which ends a moment later,
// was held for ever.
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { Lock, Process, Queue } from "@quartet/concurrency/multiprocessing";
import { grandchild } from "../support/targets/grandchild_targets.ts";

Deno.test("what a grandchild holds comes free when its parent is killed, and it ends with that", async () => {
  for (let round = 0; round < 6; round++) { // which of both is seen to end first is the system's choice
    const [lock, held] = [new Lock(), new Queue<boolean>()];
    const child = new Process({ target: grandchild.startsOneThatHolds, args: [lock, held] })
      .start();
    assert(await held.get());
    child.kill();
    await child.join();
    using guard = await lock.acquire();
    assert(guard !== null);
    assertEquals(child.exitCode, -9);
  }
});
