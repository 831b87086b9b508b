import "../support/leak_guard.ts";
import { fuzzWaits } from "../suites/wait_suite.ts";

Deno.test("cancelled, timed out and aborted waits lose no item, permit, lock or message", async () => {
  for (let seed = 1; seed <= 30; seed++) await fuzzWaits(seed);
});
