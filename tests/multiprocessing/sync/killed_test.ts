import "../../support/leak_guard.ts";
import { killThree, KINDS } from "../../suites/victims_suite.ts";
import { GROUNDS } from "../../support/kill_grounds.ts";
import { seededRandom } from "../../support/seeded_random.ts";

const { random, seed } = seededRandom();
const isMapped = Deno.build.os === "linux";

for (const ground of GROUNDS) {
  for (const kind of KINDS) {
    Deno.test({
      name:
        `${kind}, ${ground.name}: processes that are killed while they use it take nothing along (${seed})`,
      ignore: !isMapped,
      fn: () => killThree(kind, random, ground),
    });
  }
}
