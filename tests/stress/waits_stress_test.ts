import "../support/leak_guard.ts";
import { fuzzWaits } from "../suites/wait_suite.ts";

Deno.test("waits lose nothing, whatever ends them, under many seeds", async () => {
  const first = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
  const count = Deno.env.has("SEED") ? 1 : 600;
  console.log(`seeds from ${first} on, ${count} of them`);
  for (let seed = first; seed < first + count; seed++) await fuzzWaits(seed);
});
