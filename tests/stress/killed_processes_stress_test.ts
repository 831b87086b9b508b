/** Processes that use each primitive between processes and are killed at random instants, two thousand times on each ground. */
import "../support/leak_guard.ts";
import { killThree, KINDS } from "../suites/victims_suite.ts";
import { GROUNDS } from "../support/kill_grounds.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** Three are killed in each round; `KILLS` sets another number. */
const ROUNDS = Math.ceil(Number(Deno.env.get("KILLS") ?? 2_000) / 3 / KINDS.length);

const { random, seed } = seededRandom();

for (const ground of GROUNDS) {
  for (const kind of KINDS) {
    Deno.test(`stress: ${kind}, ${ground.name}: of ${3 * ROUNDS} killed processes none takes anything along (${seed})`, async () => {
      for (let round = 0; round < ROUNDS; round++) await killThree(kind, random, ground);
    });
  }
}
