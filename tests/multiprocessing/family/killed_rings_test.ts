import "../../support/leak_guard.ts";
import { killAtPipe, killAtQueue } from "../../suites/ring_victims_suite.ts";
import { GROUNDS } from "../../support/kill_grounds.ts";
import { seededRandom } from "../../support/seeded_random.ts";

const { random, seed } = seededRandom();
const ignore = Deno.build.os !== "linux";

for (const ground of GROUNDS) {
  Deno.test(
    `processes that are killed at a queue, ${ground.name}, tear and lose nothing, and nobody hangs (${seed})`,
    { ignore },
    async () => {
      for (let round = 0; round < 2; round++) await killAtQueue(random, ground);
    },
  );

  Deno.test(
    `processes that are killed at a pipe, ${ground.name}, tear and lose nothing, and nobody hangs (${seed})`,
    { ignore },
    async () => {
      for (let round = 0; round < 4; round++) await killAtPipe(random, ground);
    },
  );
}
