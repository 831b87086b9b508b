/** Processes that use queues and pipes and are killed at random instants, two thousand times on each ground. */
import "../support/leak_guard.ts";
import { killAtPipe, killAtQueue, KILLS } from "../suites/ring_victims_suite.ts";
import { GROUNDS } from "../support/kill_grounds.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** Half of them at queues, half at pipes; `KILLS` sets another number. */
const HALF = Number(Deno.env.get("KILLS") ?? 2_000) / 2;

const { random, seed } = seededRandom();

for (const ground of GROUNDS) {
  Deno.test(`stress: of ${HALF} processes that are killed at a queue, ${ground.name}, none takes anything along (${seed})`, async () => {
    for (let killed = 0; killed < HALF; killed += KILLS.queue) await killAtQueue(random, ground);
  });

  Deno.test(`stress: of ${HALF} processes that are killed at a pipe, ${ground.name}, none takes anything along (${seed})`, async () => {
    for (let killed = 0; killed < HALF; killed += KILLS.pipe) await killAtPipe(random, ground);
  });
}
