/**
 * An event, method by method: a flag that threads can wait for.
 *
 * Run:    deno run --allow-read=. examples/primitives/event.ts
 * Watch:  the waiting threads go on when the flag is set, all at once; a later wait() does not wait at all. A
 *         condition has no memory: its notification is lost on a thread that does not wait yet. An event has: that is
 *         the difference.
 */
import { Event, portable, Thread } from "@quartet/concurrency/threading";
import { until } from "@quartet/concurrency/testing";
import { show } from "../show.ts";

const runner = portable(import.meta, function runner(start: Event): boolean {
  return start.waitSync();
});

/** Works until it is told to stop: the flag and the pause between two turns are one. */
const worker = portable(import.meta, function worker(stop: Event, turned: Event): string {
  while (!stop.waitSync({ timeout: 5 })) turned.set();
  return "stopped by itself";
});

if (import.meta.main) {
  const start = new Event();
  show("a new event: isSet()", start.isSet());
  show("wait() with a timeout, on a flag that is reset, gives", await start.wait({ timeout: 10 }));
  const runners = [1, 2, 3].map(() => new Thread({ target: runner, args: [start] }).start());
  await until(() => start.statistics().waiting === 3);
  show("threads that wait", start.statistics().waiting);
  start.set();
  const results = await Promise.all(runners.map((each) => each.result));
  show("one set() frees all of them; wait() gave", results);
  show("isSet() after set()", start.isSet());
  show("a later wait() does not wait, and gives", await start.wait());
  start.clear();
  show("isSet() after clear()", start.isSet());

  const [stop, turned] = [new Event(), new Event()];
  const thread = new Thread({ target: worker, args: [stop, turned] }).start();
  await turned.wait();
  stop.set();
  show("an event as the flag that ends a thread: the worker", await thread.result);
}
