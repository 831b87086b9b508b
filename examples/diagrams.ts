/**
 * The four diagrams of the course, drawn from real runs: a program with one thread, with several, with several under
 * CPython's global lock, and an asynchronous one.
 *
 * Run:    deno run --allow-read=. examples/diagrams.ts
 * Watch:  # works, · waits for the lock, ~ waits for the outside. D1: everything adds up. D2: work overlaps, as far as
 *         there are cores. D3: never two # in one column, as the lock goes from thread to thread; waiting for the
 *         outside still overlaps, since who waits lets go of it. D4: one thread; a task gives way only where it waits.
 */
import { run as runLoop, sleep as sleepTask, TaskGroup } from "@quartet/concurrency/asyncio";
import { Gil, portable, sleepSync, Thread } from "@quartet/concurrency/threading";
import { drawTimeline, type Lane, type Span, wallTime } from "./timeline.ts";

/** Milliseconds of work before the wait, of waiting, and of work after it. */
const BEFORE = 30, OUTSIDE = 60, AFTER = 20;
const NAMES = ["A", "B", "C"];

/** Works for so long by its own account: what others do to the processor meanwhile is not counted. */
function work(time: number, pause?: () => Span | undefined): Span[] {
  const spans: Span[] = [];
  let start = wallTime();
  for (let left = time; left > 0;) {
    const now = wallTime();
    while (wallTime() < now + 1);
    left--;
    const paused = pause?.();
    if (paused === undefined) continue;
    spans.push({ start, end: paused.start, mark: "#" }, paused);
    start = paused.end;
  }
  return [...spans, { start, end: wallTime(), mark: "#" }];
}

const job = portable(import.meta, function job(gil: Gil | null): Span[] {
  if (gil === null) {
    const before = work(BEFORE);
    const start = wallTime();
    sleepSync(OUTSIDE);
    return [...before, { start, end: wallTime(), mark: "~" }, ...work(AFTER)];
  }
  /** What a thread of CPython does between two of its instructions. */
  const giveWay = (): Span | undefined => {
    const start = wallTime();
    gil.checkpoint();
    const end = wallTime();
    return end - start > 0.5 ? { start, end, mark: "·" } : undefined;
  };
  const spans: Span[] = [];
  let start = wallTime();
  {
    using _held = gil.acquireSync();
    spans.push({ start, end: wallTime(), mark: "·" }, ...work(BEFORE, giveWay));
  }
  start = wallTime();
  sleepSync(OUTSIDE);
  spans.push({ start, end: wallTime(), mark: "~" });
  start = wallTime();
  using _held = gil.acquireSync();
  return [...spans, { start, end: wallTime(), mark: "·" }, ...work(AFTER, giveWay)];
});

async function singleThreaded(): Promise<Lane[]> {
  return await Promise.resolve([{ name: "main", spans: NAMES.flatMap(() => job(null)) }]);
}

async function multithreaded(gil: Gil | null): Promise<Lane[]> {
  const threads = NAMES.map(() => new Thread({ target: job, args: [gil] }).start());
  const spans = await Promise.all(threads.map((thread) => thread.result));
  return NAMES.map((name, i) => ({ name: `thread ${name}`, spans: spans[i]! }));
}

async function asynchronous(): Promise<Lane[]> {
  const lanes = NAMES.map((name) => ({ name: `task ${name}`, spans: [] as Span[] }));
  await runLoop(async () => {
    await using group = new TaskGroup();
    for (const { spans } of lanes) {
      group.createTask(async () => {
        spans.push(...work(BEFORE));
        const start = wallTime();
        await sleepTask(OUTSIDE);
        spans.push({ start, end: wallTime(), mark: "~" }, ...work(AFTER));
      });
    }
  });
  return lanes;
}

if (import.meta.main) {
  for (
    const [title, run] of [
      ["D1  a program with one thread", singleThreaded],
      ["D2  a program with several threads", () => multithreaded(null)],
      ["D3  the same under CPython's global lock", () => multithreaded(new Gil())],
      ["D4  an asynchronous program", asynchronous],
    ] as const
  ) {
    console.log(title);
    console.log(drawTimeline(await run(), 70) + "\n");
  }
}
