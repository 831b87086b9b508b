import "../support/leak_guard.ts";
import { fuzzKills } from "../suites/kill_suite.ts";

Deno.test("killed greenlets lose no permit, no lock and no item", async () => {
  for (let seed = 1; seed <= 30; seed++) await fuzzKills(seed);
});
