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
import {
  Barrier,
  checkpoint,
  Gil,
  portable,
  sleepSync,
  Thread,
} from "@quartet/concurrency/threading";
import { drawTimeline, type Lane, type Span, wallTime } from "./timeline.ts";

/** Milliseconds of work before the wait, of waiting, and of work after it. */
const BEFORE = 30, OUTSIDE = 60, AFTER = 20;
const NAMES = ["A", "B", "C"];

/** Works for so many milliseconds; under the lock, the wait for one's turn is a span of its own. */
function work(time: number, underGil = false): Span[] {
  const spans: Span[] = [];
  let start = wallTime();
  for (let left = time; left > 0; left--) {
    const slice = wallTime();
    while (wallTime() < slice + 1);
    const before = wallTime();
    checkpoint(); // what a thread of CPython does between two of its instructions
    const after = wallTime();
    if (!underGil || after - before < 0.5) continue;
    spans.push({ start, end: before, mark: "#" }, { start: before, end: after, mark: "·" });
    start = after;
  }
  return [...spans, { start, end: wallTime(), mark: "#" }];
}

/** Waits for the outside, and under the lock for one's turn after it: others have had it meanwhile. */
function wait(time: number, underGil: boolean): Span[] {
  const start = wallTime();
  sleepSync(time);
  const end = wallTime();
  const woken = underGil ? Math.min(end, start + time + 1) : end;
  return [{ start, end: woken, mark: "~" }, { start: woken, end, mark: "·" }];
}

const job = portable(import.meta, function job(gil: Gil | null, begin: Barrier | null): Span[] {
  begin?.waitSync();
  const underGil = gil !== null;
  const all = (): Span[] => [
    ...work(BEFORE, underGil),
    ...wait(OUTSIDE, underGil),
    ...work(AFTER, underGil),
  ];
  if (gil === null) return all();
  const start = wallTime();
  return gil.run(() => [{ start, end: wallTime(), mark: "·" }, ...all()]);
});

async function singleThreaded(): Promise<Lane[]> {
  return await Promise.resolve([{ name: "main", spans: NAMES.flatMap(() => job(null, null)) }]);
}

async function multithreaded(gil: Gil | null): Promise<Lane[]> {
  const begin = new Barrier(NAMES.length);
  const threads = NAMES.map(() => new Thread({ target: job, args: [gil, begin] }).start());
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
