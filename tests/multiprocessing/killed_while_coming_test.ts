import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Process } from "@quartet/concurrency/multiprocessing";
import { targets } from "../support/targets/process_targets.ts";

// A child comes to its parent some 10 to 20 ms after its start. Killed in the middle of that, it once left the
// parent's file for urgent messages open; the sanitizers see it.
Deno.test("a child that is killed while it comes leaves nothing open", async () => {
  for (let ms = 0; ms < 30; ms += 3) {
    const process = new Process({ target: targets.spin }).start();
    await process.join({ timeout: ms });
    process.kill();
    await process.join();
    assertEquals(process.exitCode, -9);
  }
});
