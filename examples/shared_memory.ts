/**
 * What goes wrong when threads share memory, and what helps: two threads add to the same word.
 *
 * Run:    deno run --allow-read=. examples/shared_memory.ts
 * Watch:  first the loss in slow motion: both read, then both write, and one of the two additions is gone; here in
 *         every run, since a barrier stands between reading and writing. Then 50,000 additions each, as fast as they
 *         can: "read, then write" loses some when the threads happen to meet. It is tried until it does; when it
 *         never does, that was luck, and the program says so. CPython's global lock hides the mistake as long as it
 *         does not change hands between the two steps, and lets it happen as soon as it does: it guards the
 *         interpreter, not the program.
 */
import { Barrier, checkpoint, Gil, portable, Thread, Value } from "@quartet/concurrency/threading";

const COUNTS = 50_000;
/** How often a way that can lose is tried until it does. */
const TRIES = 20;

/** How to add one to a word that others add to, and whether that can lose. */
const WAYS = {
  "read, then write": true,
  "under a lock": false,
  "in one step": false,
  "Gil": false,
  "Gil, torn": true,
} as const;
type Way = keyof typeof WAYS;

/** One addition, with a meeting between its two steps: nobody writes before both have read. */
const addSlowly = portable(
  import.meta,
  function addSlowly(counter: Value, bothHaveRead: Barrier): number {
    const read = counter.get();
    bothHaveRead.waitSync();
    counter.set(read + 1);
    return read;
  },
);

const count = portable(
  import.meta,
  function count(way: Way, counter: Value, start: Barrier, gil: Gil): void {
    const all: Record<Way, () => void> = {
      "read, then write"() {
        for (let i = 0; i < COUNTS; i++) counter.set(counter.get() + 1);
      },
      "under a lock"() {
        for (let i = 0; i < COUNTS; i++) {
          using _held = counter.lock.acquireSync();
          counter.set(counter.get() + 1);
        }
      },
      "in one step"() {
        for (let i = 0; i < COUNTS; i++) counter.add(1);
      },
      "Gil"() {
        gil.run(() => {
          for (let i = 0; i < COUNTS; i++) {
            counter.set(counter.get() + 1);
            checkpoint(); // between two steps
          }
        });
      },
      "Gil, torn"() {
        gil.run(() => {
          for (let i = 0; i < COUNTS; i++) {
            const before = counter.get();
            checkpoint(); // in the middle of a step, where CPython may switch too
            counter.set(before + 1);
          }
        });
      },
    };
    start.waitSync();
    all[way]();
  },
);

/** Counts with two threads; how many additions are gone. */
async function lostBy(way: Way): Promise<number> {
  const counter = new Value(0);
  const args: Parameters<typeof count> = [way, counter, new Barrier(2), new Gil({ interval: 1 })];
  const threads = [0, 1].map(() => new Thread({ target: count, args }).start());
  await Promise.all(threads.map((thread) => thread.result));
  return 2 * COUNTS - counter.get();
}

if (import.meta.main) {
  const counter = new Value(0);
  const bothHaveRead = new Barrier(2);
  const threads = [0, 1].map(() =>
    new Thread({ target: addSlowly, args: [counter, bothHaveRead] }).start()
  );
  const read = await Promise.all(threads.map((thread) => thread.result));
  console.log(
    `in slow motion     thread 1 read ${read[0]}, thread 2 read ${read[1]}, ` +
      `both wrote ${counter.get()}: ${2 - counter.get()} of 2 lost`,
  );
  for (const [way, canLose] of Object.entries(WAYS) as [Way, boolean][]) {
    let [lost, tries] = [await lostBy(way), 1];
    while (canLose && lost === 0 && tries < TRIES) [lost, tries] = [await lostBy(way), tries + 1];
    const luck = !canLose ? "" : lost > 0 ? ` (try ${tries})` : ` in ${tries} tries: that was luck`;
    console.log(`${way.padEnd(18)} ${lost} of ${2 * COUNTS} lost${luck}`);
  }
}
