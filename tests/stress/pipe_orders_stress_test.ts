/** The home of pipes hears of their ends in very many orders. */
import "../support/leak_guard.ts";
import { playPipe } from "../suites/pipe_orders_suite.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** How many pipes are played on each ground; `ROUNDS` sets another number. */
const ROUNDS = Number(Deno.env.get("ROUNDS") ?? 3_000);

const { random, seed } = seededRandom();

for (const ground of ["mapped", "served"] as const) {
  Deno.test(`stress: in ${ROUNDS} orders of what children say of a pipe each message is received once: ${ground} (${seed})`, async () => {
    for (let round = 0; round < ROUNDS; round++) await playPipe(random, ground);
  });
}
