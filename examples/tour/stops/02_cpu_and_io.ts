/**
 * Stop 2: three jobs that compute and three that wait, both begun together on one thread.
 *
 * Run:    deno run examples/tour/stops/02_cpu_and_io.ts
 * Watch:  the waits overlap and the computing does not: there is one processor for this thread, and it is busy.
 */
import { gather, run, sleep } from "@quartet/concurrency/asyncio";
import { sleepSync } from "@quartet/concurrency/threading";
import { cpuUsage } from "node:process";
import { drawTimeline, mostAtOnce, type Span, wallTime } from "../../timeline.ts";

/** CPU-bound: the processor works all the time. */
function compute(): Promise<Span> {
  const start = wallTime();
  for (let i = 0, sum = 0; i < 30_000_000; i++) sum += Math.sqrt(i);
  return Promise.resolve({ start, end: wallTime(), mark: "#" });
}

/** I/O-bound: the processor has nothing to do until the answer comes. */
async function wait(): Promise<Span> {
  const start = wallTime();
  const end = await waits.giveWay();
  return { start, end, mark: "~" };
}

/** Two ways to wait; each returns when it was over. */
const waits = {
  async giveWay(): Promise<number> {
    await sleep(60);
    return wallTime();
  },
  keepTheThread(): number {
    sleepSync(60);
    return wallTime();
  },
};

/** Begins three of them together, on this thread. */
async function three(name: string, work: () => Promise<Span>): Promise<void> {
  const before = cpuUsage();
  const start = wallTime();
  const spans = await run(() => gather(work, work, work));
  const { user, system } = cpuUsage(before);
  const cpu = Math.round((user + system) / 1000);
  const lanes = spans.map((span, i) => ({ name: `${name} ${i + 1}`, spans: [span] }));
  console.log(`${name}: ${cpu} ms of CPU time in ${Math.round(wallTime() - start)} ms`);
  console.log(`${name}: at once, at the most: ${mostAtOnce(lanes, spans[0]!.mark)}`);
  console.log(drawTimeline(lanes));
}

await three("compute", compute);
await three("wait", wait);
