/**
 * Stop 1: a program that asks three slow servers, one after the other.
 *
 * Run:    deno run examples/tour/stops/01_synchronous.ts
 * Watch:  nothing is asked before the answer before it has come, though the program does nothing while it waits.
 */
import { sleep } from "@quartet/concurrency/asyncio";
import { drawTimeline, type Lane, mostAtOnce, wallTime } from "../../timeline.ts";

/** The servers, and the milliseconds that each takes. */
const SERVERS = { weather: 300, news: 200, traffic: 100 };

async function ask([name, delay]: [string, number]): Promise<Lane> {
  console.log(`ask for ${name}`);
  const start = wallTime();
  await sleep(delay); // the server works, this program waits
  console.log(`got ${name}`);
  return { name, spans: [{ start, end: wallTime(), mark: "~" }] };
}

async function oneAfterTheOther(): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for (const server of Object.entries(SERVERS)) lanes.push(await ask(server));
  return lanes;
}

async function allAtOnce(): Promise<Lane[]> {
  return await Promise.all(Object.entries(SERVERS).map(ask));
}

const ways = { oneAfterTheOther, allAtOnce };

const lanes = await ways.oneAfterTheOther();
console.log(`waits at once, at the most: ${mostAtOnce(lanes, "~")}`);
console.log(drawTimeline(lanes));
