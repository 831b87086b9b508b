/**
 * 22: an event loop made by hand: generators in a line, each runs to its next `yield` and goes to the end.
 *
 * Python: examples/python/22_generators_round_robin.py
 * Run:    deno run examples/listings/22_generators_round_robin.ts
 * Watch:  strict turns, one every half second; the greeting comes at each third turn of its generator. A
 *         generator that did not `yield` would hold up everybody: that is what cooperative means.
 * Errata: as printed the program hangs after three lines, with the whole of a processor. More in examples/ERRATA.md.
 */
import { RoundRobin } from "@quartet/concurrency/coroutines";

function* printCounter(): Generator<void, never, void> {
  for (let counter = 0;; counter++) {
    console.log(String(counter));
    yield;
  }
}

function* printHi(): Generator<void, never, void> {
  for (let counter = 0;; counter++) {
    if (counter % 3 === 0) console.log("Hi from second generator");
    yield;
  }
}

const loop = new RoundRobin();
loop.add(printCounter()).add(printHi());
await loop.run({ pause: 500, turns: 8 });
