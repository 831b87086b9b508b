/**
 * Stop 12: three downloads, one of which fails. What becomes of the others?
 *
 * Run:    deno run examples/tour/stops/12_tasks.ts
 * Watch:  in a group, a failure cancels the others, which may clean up; and the group ends when all of them have.
 */
import { CancelledError, gather, run, sleep, TaskGroup } from "@quartet/concurrency/asyncio";
import { drawTimeline, type Lane, type Span, wallTime } from "../../timeline.ts";

const DELAYS = { fast: 40, broken: 120, slow: 600 };

const lanes: Lane[] = [];

async function download([name, delay]: [string, number]): Promise<void> {
  const spans: Span[] = [];
  lanes.push({ name, spans });
  const start = wallTime();
  let mark = "#";
  try {
    await sleep(delay);
    if (name === "broken") throw new Error("404 Not Found");
    console.log(`${name}: done`);
  } catch (error) {
    mark = error instanceof CancelledError ? "x" : "!";
    console.log(`${name}: ${mark === "x" ? "cancelled" : "failed"}`);
    throw error; // a cancelled task says so; it does not swallow it
  } finally {
    spans.push({ start, end: wallTime(), mark });
  }
}

const ways = {
  async inAGroup(): Promise<void> {
    await using group = new TaskGroup();
    for (const each of Object.entries(DELAYS)) group.createTask(() => download(each));
  },
  async gathered(): Promise<void> {
    await gather(...Object.entries(DELAYS).map((each) => () => download(each)));
  },
};

await run(async () => {
  try {
    await ways.inAGroup();
  } catch (error) {
    console.log(`the caller sees ${(error as Error).name}`);
  }
  await sleep(700); // what was left running may end
  console.log(drawTimeline(lanes));
});
