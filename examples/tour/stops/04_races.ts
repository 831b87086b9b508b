/**
 * Stop 4: two threads add to one number, first in slow motion, then at full speed.
 *
 * Run:    deno run --allow-read=. examples/tour/stops/04_races.ts
 * Watch:  "add one" is three steps: read, add, write. What is written between another's read and its write is lost.
 */
import {
  Barrier,
  currentThread,
  portable,
  SharedArray,
  Thread,
  Value,
} from "@quartet/concurrency/threading";
import { drawTimeline } from "../../timeline.ts";

const COUNTS = 200_000, TRIES = 10;

function addOne(counter: Value): void {
  counter.set(counter.get() + 1);
}

/** Both read before either writes: the barrier sees to it. `steps` has when each step was taken. */
const slowMotion = portable(
  import.meta,
  function slowMotion(counter: Value, both: Barrier, clock: Value, steps: SharedArray): void {
    const me = currentThread().name === "A" ? 0 : 1;
    const seen = counter.get();
    steps.set(2 * me, clock.add(1));
    both.waitSync();
    counter.set(seen + 1);
    steps.set(2 * me + 1, clock.add(1));
  },
);

const fullSpeed = portable(import.meta, function fullSpeed(counter: Value, both: Barrier): void {
  both.waitSync();
  for (let i = 0; i < COUNTS; i++) addOne(counter);
});

if (import.meta.main) {
  const counter = new Value(0),
    both = new Barrier(2),
    clock = new Value(0),
    steps = new SharedArray(4);
  const names = ["A", "B"];
  const slow = names.map((name) =>
    new Thread({ target: slowMotion, args: [counter, both, clock, steps], name }).start()
  );
  for (const thread of slow) await thread.result;
  const step = (i: number, mark: string) => ({ start: steps.get(i), end: steps.get(i) + 1, mark });
  console.log(drawTimeline(
    names.map((name, i) => ({
      name: `thread ${name}`,
      spans: [step(2 * i, "r"), step(2 * i + 1, "w")],
    })),
    24,
    "steps",
  ));
  console.log(`slow motion: 2 additions, the number is ${counter.get()}`);

  let lost = 0, runs = 0;
  while (lost === 0 && runs++ < TRIES) {
    const counter = new Value(0), both = new Barrier(2);
    const threads = names.map(() =>
      new Thread({ target: fullSpeed, args: [counter, both] }).start()
    );
    for (const thread of threads) await thread.result;
    lost = 2 * COUNTS - counter.get();
  }
  console.log(
    lost > 0
      ? `full speed: ${lost} of ${2 * COUNTS} additions lost`
      : `full speed: nothing lost in ${TRIES} runs`,
  );
}
