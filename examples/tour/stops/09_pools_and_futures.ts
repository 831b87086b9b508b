/**
 * Stop 9: six jobs for a pool of two threads, and what their futures say meanwhile.
 *
 * Run:    deno run --allow-read=. examples/tour/stops/09_pools_and_futures.ts
 * Watch:  `submit()` returns a future at once. One that has not begun can be cancelled, one that is done cannot.
 */
import { InvalidStateError, portable, ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { currentThread, Event, sleepSync } from "@quartet/concurrency/threading";
import { drawTimeline, type Lane, type Span, wallTime } from "../../timeline.ts";

const job = portable(import.meta, function job(go: Event): { worker: string; span: Span } {
  const start = wallTime();
  go.waitSync();
  sleepSync(40);
  return { worker: currentThread().name, span: { start, end: wallTime(), mark: "#" } };
});

if (import.meta.main) {
  const go = new Event();
  await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
  await pool.ready();
  const futures = Array.from({ length: 6 }, () => pool.submit(job, go));
  console.log(`after submit: done = ${futures.filter((future) => future.done()).length} of 6`);
  try {
    futures[0]!.result();
  } catch (error) {
    if (!(error instanceof InvalidStateError)) throw error;
    console.log("result() before the end: InvalidStateError");
  }
  console.log(`the last one is cancelled: ${futures[5]!.cancel()}`);
  go.set(); // now the jobs may end
  const results = await Promise.all(futures.slice(0, 5));
  console.log(`the first one is cancelled: ${futures[0]!.cancel()}`);
  console.log(`at the end: ${futures.map((future) => future.state).join(" ")}`);

  const workers = new Map<string, Span[]>();
  for (const { worker, span } of results) {
    workers.set(worker, [...workers.get(worker) ?? [], span]);
  }
  console.log(`workers that had a job: ${workers.size}`);
  const lanes: Lane[] = [...workers].map(([name, spans]) => ({ name, spans }));
  console.log(drawTimeline(lanes));
}
