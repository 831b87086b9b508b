import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { isDisturbed, openNoiseGauge } from "../../../src/compare/measure/noise.ts";

Deno.test("a round is disturbed when a loop beside it waits for its core, or takes longer than at the quietest moment", () => {
  const quiet = { wallMs: 3, waitedMs: 0.1 };
  assertEquals(isDisturbed([quiet, quiet], 2.9), false);
  assertEquals(isDisturbed([quiet, { wallMs: 3, waitedMs: 1 }], 2.9), true);
  assertEquals(isDisturbed([quiet, { wallMs: 5, waitedMs: null }], 2.9), true);
  assertEquals(isDisturbed([{ wallMs: 4, waitedMs: null }], 2.9), false);
});

Deno.test("a loop that computes is not taken for one that waits, however coarsely its CPU time is counted", async () => {
  await using gauge = await openNoiseGauge(false);
  for (let i = 0; i < 20; i++) {
    const { wallMs, waitedMs } = await gauge.read();
    assert(wallMs > 0);
    // It waits for its core at most as long as it takes; a figure of ticks would be above, or far below.
    if (waitedMs !== null) {
      assert(waitedMs >= 0 && waitedMs <= wallMs, `${waitedMs} of ${wallMs} ms`);
    }
  }
});
