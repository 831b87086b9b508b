import "../../support/leak_guard.ts";
import { playPipe } from "../../suites/pipe_orders_suite.ts";
import { seededRandom } from "../../support/seeded_random.ts";

const { random, seed } = seededRandom();

for (const ground of ["mapped", "served"] as const) {
  Deno.test(
    `whatever order it comes in what children say of a pipe, each message is received once: ${ground} (${seed})`,
    { ignore: ground === "mapped" && Deno.build.os !== "linux" },
    async () => {
      for (let round = 0; round < 60; round++) await playPipe(random, ground);
    },
  );
}
