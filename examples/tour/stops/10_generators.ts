/**
 * Stop 10: functions that pause: a generator, a generator that is talked to, and eight lines that let several take turns.
 *
 * Run:    deno run examples/tour/stops/10_generators.ts
 * Watch:  each `yield` is where a function lets go of the thread. Nobody can take it away.
 */
import { sendable } from "@quartet/concurrency/coroutines";
import { drawTimeline, type Lane, type Span } from "../../timeline.ts";

/** Takes numbers, gives their mean so far. */
function* mean(): Generator<number, void, number> {
  for (let sum = 0, count = 0;;) {
    sum += yield sum / count;
    count++;
  }
}

const lanes: Lane[] = [];
let steps = 0;

/** Works in three steps. */
function* worker(name: string): Generator<void, void, void> {
  const spans: Span[] = [];
  lanes.push({ name: `worker ${name}`, spans });
  for (let i = 1; i <= 3; i++) {
    console.log(`${name}${i}`);
    spans.push({ start: steps, end: ++steps, mark: "#" });
    if (name !== "-") yield; // gives way to the others
  }
}

/** An event loop, the smallest that there is. */
function takeTurns(...line: Generator<void, void, void>[]): void {
  while (line.length > 0) {
    const first = line.shift()!;
    if (!first.next().done) line.push(first); // has more to do: to the end of the line
  }
}

const averaging = sendable(mean());
averaging.next(); // to the first yield
console.log(`mean of 10: ${averaging.send(10).value}`);
console.log(`mean of 10 and 20: ${averaging.send(20).value}`);

takeTurns(worker("A"), worker("B"), worker("C"));
console.log(drawTimeline(lanes, 36, "steps"));
