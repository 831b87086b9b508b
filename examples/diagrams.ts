/**
 * The four diagrams of the course, drawn from real runs: a program with one thread, with several, with several under
 * CPython's global lock, and an asynchronous one.
 *
 * Run:    deno run --allow-read=. examples/diagrams.ts
 * Watch:  # runs, - is ready but the operating system has given the core to another, · waits for the lock, ~ waits
 *         for the outside. D1: everything adds up. D2: never more # in a column than there are cores; the rest is
 *         ready and gets its turn when the system switches. Try it on one core: `taskset -c 0 deno run …`. D3: never
 *         two # in one column on any machine, as the lock goes from thread to thread; waiting for the outside still
 *         overlaps, since whoever waits lets go of it. D4: one thread; a task gives way only where it waits, and
 *         nobody takes the core from it.
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

/** A pause between two looks at the clock that is longer was none of the program's own: milliseconds. */
const SWITCHED = 0.4;

/**
 * Works for so many milliseconds of running; what the thread was ready for but did not get is a span of its own, and so is
 * the wait for its turn under the lock. That the core was away shows in the clock: it jumps.
 */
function work(time: number, underGil = false): Span[] {
  const spans: Span[] = [];
  let [start, last, ran, slice] = [wallTime(), wallTime(), 0, 0];
  /** Ends the span of running at `end`; what follows until `next` is another. */
  const interrupt = (end: number, next: number, mark: string): void => {
    spans.push({ start, end, mark: "#" }, { start: end, end: next, mark });
    start = next;
  };
  while (ran < time) {
    const now = wallTime();
    if (now - last > SWITCHED) interrupt(last, now, "-");
    else [ran, slice] = [ran + now - last, slice + now - last];
    last = now;
    if (slice < 1) continue;
    slice = 0;
    checkpoint(); // what a thread of CPython does between two of its instructions
    const after = wallTime();
    if (underGil && after - now >= 0.5) interrupt(now, after, "·");
    last = after;
  }
  return [...spans, { start, end: last, mark: "#" }];
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
