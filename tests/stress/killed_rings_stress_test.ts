/** Processes that use queues and pipes and are killed at random instants, two thousand times. */
import "../support/leak_guard.ts";
import { killAtPipe, killAtQueue, KILLS } from "../suites/ring_victims_suite.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** Half of them at queues, half at pipes; `KILLS` sets another number. */
const HALF = Number(Deno.env.get("KILLS") ?? 2_000) / 2;

const { random, seed } = seededRandom();

Deno.test(`stress: of ${HALF} processes that are killed at a queue none takes anything along (${seed})`, async () => {
  for (let killed = 0; killed < HALF; killed += KILLS.queue) await killAtQueue(random);
});

Deno.test(`stress: of ${HALF} processes that are killed at a pipe none takes anything along (${seed})`, async () => {
  for (let killed = 0; killed < HALF; killed += KILLS.pipe) await killAtPipe(random);
});
