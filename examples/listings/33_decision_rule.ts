/**
 * 33: which kind of concurrency to use: the course's rule, by what is claimed of the work.
 *
 * Python: examples/python/33_decision_rule.py
 * Run:    deno run examples/listings/33_decision_rule.ts
 * Watch:  asyncio only when all three hold. `recommend()` of `@quartet/concurrency/compare` applies the rule to
 *         what was measured of a function (CPU time by wall time) rather than to what one believes of it. The table is
 *         the course's; what is different here follows on stderr.
 * Errata: as printed a NameError; and calculations are for processes only where there is a GIL. More in
 *         examples/ERRATA.md.
 */
function decide(ioBound: boolean, py35PlusOnly: boolean, verySlowIO: boolean): string {
  if (!ioBound) return "multiprocessing";
  return py35PlusOnly && verySlowIO ? "asyncio" : "threads";
}

const say = (value: boolean): string => value ? "True" : "False";

for (const io of [true, false]) {
  for (const py35 of [true, false]) {
    for (const slow of [true, false]) {
      console.log(
        `io_bound=${say(io)} py35_plus_only=${say(py35)} vary_slow_IO=${say(slow)}`,
        `-> ${decide(io, py35, slow)}`,
      );
    }
  }
}
// The table is the course's; what follows is not part of it.
console.error("Here: io_bound=False -> threads, which compute side by side: there is no GIL.");
console.error("Processes, where the work has to be isolated or killed.");
