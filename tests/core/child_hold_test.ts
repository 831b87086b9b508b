import "../support/leak_guard.ts";
import { assert } from "@std/assert";
import { holdProgramFor } from "../../src/core/child_hold.ts";

Deno.test("a child can be held on to and let go of at every moment of its end", async () => {
  for (let round = 0; round < 50; round++) {
    const child = new Deno.Command("sh", { args: ["-c", "exit"] }).spawn();
    let isDone = false;
    const ended = child.status.then(() => void (isDone = true));
    while (!isDone) {
      await new Promise((resolve) => setTimeout(resolve, 0)); // a turn, in any of which the system may tell of its end
      holdProgramFor(child, false);
      holdProgramFor(child, true);
    }
    await ended;
    holdProgramFor(child, true);
    assert((await child.status).success);
  }
});
