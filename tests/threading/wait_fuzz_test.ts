import "../support/leak_guard.ts";
import { fuzzThreadWaits } from "../suites/thread_wait_fuzz.ts";
import { threadTest } from "../support/threads_gone.ts";

threadTest("threads that wait in every way, and give up by chance, lose nothing", async () => {
  const seed = Number(Deno.env.get("SEED") ?? Math.ceil(Math.random() * 1e6));
  await fuzzThreadWaits(seed, 3, 150); // an error names the seed
});
