/** Threads, every wait, with timeouts, aborts and stops by chance. `SEED=N` begins with another one, `SEEDS=N` runs more. */
import "../support/leak_guard.ts";
import { fuzzThreadWaits } from "../suites/thread_wait_fuzz.ts";
import { threadTest } from "../support/threads_gone.ts";

const first = Number(Deno.env.get("SEED") ?? Math.ceil(Math.random() * 1e6));
const runs = Number(Deno.env.get("SEEDS") ?? 20);

threadTest(`${runs} runs from seed ${first} lose nothing`, async () => {
  const sum = { steps: 0, givenUp: 0, stopped: 0 };
  for (let seed = first; seed < first + runs; seed++) {
    const { steps, givenUp, stopped } = await fuzzThreadWaits(seed, 4, 600);
    sum.steps += steps;
    sum.givenUp += givenUp;
    sum.stopped += stopped;
  }
  console.log(
    `${runs} runs: ${sum.steps} steps, ${sum.givenUp} waits given up, ${sum.stopped} threads stopped`,
  );
});
