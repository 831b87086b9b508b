/**
 * Stop 8: a process has memory of its own, a crash that stays its own, and can be ended by force.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/tour/stops/08_processes.ts
 * Watch:  the exit codes. The parent lives through all of it.
 */
import { Event, portable, Process } from "@quartet/concurrency/multiprocessing";
import { drawTimeline, type Lane, wallTime } from "../../timeline.ts";

/** Each process has its own: each loads this module for itself. */
let visits = 0;

const visit = portable(import.meta, function visit(): { visits: number; pid: number } {
  return { visits: ++visits, pid: Deno.pid };
});

const crash = portable(import.meta, function crash(): void {
  Deno.exit(3);
});

const spin = portable(import.meta, async function spin(begun: Event): Promise<void> {
  await begun.set();
  while (true); // no thread could be made to leave this loop
});

if (import.meta.main) {
  const lanes: Lane[] = [];
  const begun = new Event();

  let start = wallTime();
  const visitor = new Process({ target: visit }).start();
  const seen = await visitor.result;
  console.log(`child: visits = ${seen.visits}, in another process: ${seen.pid !== Deno.pid}`);
  console.log(`parent: visits = ${visits}`);
  lanes.push({ name: "visit", spans: [{ start, end: wallTime(), mark: "#" }] });

  start = wallTime();
  const crasher = new Process({ target: crash }).start();
  await crasher.join();
  console.log(`crash: exit code ${crasher.exitCode}`);
  lanes.push({ name: "crash", spans: [{ start, end: wallTime(), mark: "!" }] });

  start = wallTime();
  const spinner = new Process({ target: spin, args: [begun] }).start();
  await begun.wait();
  spinner.terminate();
  await spinner.join();
  console.log(`endless loop: exit code ${spinner.exitCode}`);
  lanes.push({ name: "endless loop", spans: [{ start, end: wallTime(), mark: "#" }] });

  console.log(drawTimeline(lanes));
}
