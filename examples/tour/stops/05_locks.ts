/**
 * Stop 5: six threads, and a door that lets two in at a time.
 *
 * Run:    deno run --allow-read=. examples/tour/stops/05_locks.ts
 * Watch:  a semaphore is a lock with several keys. A thread that finds none waits in line, and takes no processor time.
 */
import {
  Barrier,
  currentThread,
  portable,
  Semaphore,
  sleepSync,
  Thread,
  Value,
} from "@quartet/concurrency/threading";
import { drawTimeline, type Lane, wallTime } from "../../timeline.ts";

const THREADS = 6;

/** What the threads share. */
interface Room {
  readonly opening: Barrier;
  readonly keys: Semaphore;
  readonly inside: Value;
  readonly most: Value;
}

const visit = portable(import.meta, function visit({ opening, keys, inside, most }: Room): Lane {
  opening.waitSync(); // all begin together
  const came = wallTime();
  using _key = keys.acquireSync(); // goes back at the end of the block, however that is left
  const entered = wallTime();
  const now = inside.add(1) + 1;
  for (let seen = most.get(); seen < now;) seen = most.compareExchange(seen, now);
  sleepSync(60);
  inside.add(-1);
  return {
    name: currentThread().name,
    spans: [{ start: came, end: entered, mark: "·" }, {
      start: entered,
      end: wallTime(),
      mark: "#",
    }],
  };
});

if (import.meta.main) {
  const room: Room = {
    opening: new Barrier(THREADS),
    keys: new Semaphore(2),
    inside: new Value(0),
    most: new Value(0),
  };
  const threads = Array.from(
    { length: THREADS },
    (_, i) => new Thread({ target: visit, args: [room], name: `thread ${i + 1}` }).start(),
  );
  const lanes: Lane[] = [];
  for (const thread of threads) lanes.push(await thread.result);
  console.log(`threads inside at once, at the most: ${room.most.get()}`);
  console.log(drawTimeline(lanes));
}
