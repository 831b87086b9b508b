/**
 * Stop 3: three threads, and the main thread that starts them and goes on.
 *
 * Run:    deno run --allow-read=. examples/tour/stops/03_threads.ts
 * Watch:  `start()` returns at once. The threads end in the order of their waits, not of their starts.
 */
import { currentThread, portable, sleepSync, Thread } from "@quartet/concurrency/threading";
import { drawTimeline, type Lane, mostAtOnce, wallTime } from "../../timeline.ts";

const fetchPage = portable(import.meta, function fetchPage(delay: number): Lane {
  const { name } = currentThread();
  const start = wallTime();
  sleepSync(delay); // blocks this thread, and no other
  console.log(`${name} ends`);
  return { name, spans: [{ start, end: wallTime(), mark: "~" }] };
});

if (import.meta.main) {
  const lanes: Lane[] = [];
  const start = wallTime();
  const threads = [700, 500, 300].map((delay, i) =>
    new Thread({ target: fetchPage, args: [delay], name: `thread ${i + 1}` })
  );
  for (const thread of threads) {
    thread.start();
  }
  console.log("main goes on");
  lanes.push({ name: "main", spans: [{ start, end: wallTime(), mark: "=" }] });
  for (const thread of threads) lanes.push(await thread.result);
  console.log(`threads that wait at once, at the most: ${mostAtOnce(lanes, "~")}`);
  console.log(drawTimeline(lanes));
}
