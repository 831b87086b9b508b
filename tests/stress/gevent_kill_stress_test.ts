import "../support/leak_guard.ts";
import { fuzzKills } from "../suites/kill_suite.ts";

Deno.test("killed greenlets lose no permit, no lock and no item, under many seeds", async () => {
  const first = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
  const count = Deno.env.has("SEED") ? 1 : 3000;
  console.log(`seeds from ${first} on, ${count} of them`);
  for (let seed = first; seed < first + count; seed++) await fuzzKills(seed);
});
