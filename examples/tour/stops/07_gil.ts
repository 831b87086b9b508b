/**
 * Stop 7: two threads compute, as threads do here, and under the lock that CPython has.
 *
 * Run:    deno run --allow-read=. examples/tour/stops/07_gil.ts
 * Watch:  under the lock there is never more than one thread between two of its "instructions".
 */
import {
  Barrier,
  checkpoint,
  currentThread,
  Gil,
  portable,
  Thread,
  Value,
} from "@quartet/concurrency/threading";
import { drawTimeline, type Lane, type Span, wallTime } from "../../timeline.ts";

const INSTRUCTIONS = 400;

/** What the threads share. */
interface Shared {
  readonly gil: Gil | null;
  readonly begin: Barrier;
  readonly inside: Value;
  readonly most: Value;
}

/** Computes without a break, and notes how many threads do. */
function instruction({ inside, most }: Shared): void {
  const now = inside.add(1) + 1;
  for (let seen = most.get(); seen < now;) seen = most.compareExchange(seen, now);
  for (let i = 0, sum = 0; i < 150_000; i++) sum += Math.sqrt(i);
  inside.add(-1);
}

const compute = portable(import.meta, function compute(shared: Shared): Lane {
  const spans: Span[] = [];
  const program = (): void => {
    let start = wallTime();
    for (let i = 0; i < INSTRUCTIONS; i++) {
      instruction(shared);
      const before = wallTime();
      checkpoint(); // between two instructions the lock may change hands
      const after = wallTime();
      if (after - before < 0.5) continue;
      spans.push({ start, end: before, mark: "#" }, { start: before, end: after, mark: "·" });
      start = after;
    }
    spans.push({ start, end: wallTime(), mark: "#" });
  };
  shared.begin.waitSync();
  if (shared.gil) shared.gil.run(program);
  else program();
  return { name: currentThread().name, spans };
});

async function twoThreads(title: string, gil: Gil | null): Promise<void> {
  const shared = { gil, begin: new Barrier(2), inside: new Value(0), most: new Value(0) };
  const threads = ["thread 1", "thread 2"].map((name) =>
    new Thread({ target: compute, args: [shared], name }).start()
  );
  const lanes: Lane[] = [];
  for (const thread of threads) lanes.push(await thread.result);
  console.log(`${title}: threads that compute at once, at the most: ${shared.most.get()}`);
  if (gil) console.log(`${title}: the lock changed hands ${gil.statistics().switches} times`);
  console.log(drawTimeline(lanes));
}

if (import.meta.main) {
  await twoThreads("no lock", null);
  await twoThreads("global lock", new Gil({ interval: 10 }));
}
