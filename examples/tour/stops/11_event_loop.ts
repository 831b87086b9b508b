/**
 * Stop 11: an event loop with a clock that ticks and a job that takes its time.
 *
 * Run:    deno run examples/tour/stops/11_event_loop.ts
 * Watch:  the clock ticks while the job waits. The loop runs one callback at a time, to its end.
 */
import { getRunningLoop, run, sleep } from "@quartet/concurrency/asyncio";
import { sleepSync } from "@quartet/concurrency/threading";
import { drawTimeline, type Span, wallTime } from "../../timeline.ts";

const ways = {
  giveWay: () => sleep(200),
  block: () => sleepSync(200),
};

await run(async () => {
  const loop = getRunningLoop();
  loop.callLater(0, () => console.log("3. a timer of 0 ms"));
  loop.callSoon(() => console.log("2. on the next pass"));
  console.log("1. the coroutine itself");
  await sleep(20);

  const ticks: Span[] = [];
  let working = true;
  const tick = (): void => {
    if (!working) return;
    ticks.push({ start: wallTime(), end: wallTime() + 2, mark: "t" });
    loop.callLater(20, tick);
  };
  loop.callLater(20, tick);
  const start = wallTime();
  await ways.giveWay();
  working = false;
  const job: Span = { start, end: wallTime(), mark: "~" };
  console.log(`the clock ticks while the job runs: ${ticks.length > 0}`);
  console.log(drawTimeline([{ name: "job", spans: [job] }, { name: "clock", spans: ticks }]));
});
