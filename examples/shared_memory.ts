/**
 * What goes wrong when threads share memory, and what helps: two threads count to 50,000 in the same word.
 *
 * Run:    deno run --allow-read=. examples/shared_memory.ts
 * Watch:  "read, then write" loses counts, since both may read the same number before either writes: the order of threads
 *         is not determined. CPython's global lock hides that as long as it does not change hands between the two steps,
 *         and lets it happen as soon as it does: the lock guards the interpreter, not the program.
 */
import { Barrier, checkpoint, Gil, portable, Thread, Value } from "@quartet/concurrency/threading";

const COUNTS = 50_000;

/** How to add one to a word that others add to. */
const WAYS = ["read, then write", "under a lock", "in one step", "Gil", "Gil, torn"] as const;
type Way = typeof WAYS[number];

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

if (import.meta.main) {
  for (const way of WAYS) {
    const counter = new Value(0);
    const start = new Barrier(2);
    const gil = new Gil({ interval: 1 });
    const args: Parameters<typeof count> = [way, counter, start, gil];
    const threads = [0, 1].map(() => new Thread({ target: count, args }).start());
    for (const thread of threads) await thread.join();
    console.log(`${way.padEnd(18)} ${2 * COUNTS - counter.get()} of ${2 * COUNTS} lost`);
  }
}
