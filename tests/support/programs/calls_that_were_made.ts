/** Counts the arguments of a loop's calls that are still alive after the calls, while the loop runs on. */
import * as aio from "../../../src/asyncio/mod.ts";

declare const gc: () => void;

const COUNT = 100;
let alive = 0;
const collected = new FinalizationRegistry(() => alive--);

function note(): object {
  const argument = {};
  alive++;
  collected.register(argument, null);
  return argument;
}

const left: Record<string, number> = {};
for (const debug of [false, true]) {
  await aio.run(async () => {
    const loop = aio.getRunningLoop();
    for (let i = 0; i < COUNT; i++) loop.callSoon((_argument: object) => {}, note());
    for (let round = 0; round < 20 && alive > 0; round++) {
      await aio.sleep(5);
      gc();
    }
    left[debug ? "in debug mode" : "as it runs otherwise"] = alive;
  }, { debug });
  alive = 0;
}
console.log(JSON.stringify(left));
