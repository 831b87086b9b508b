import "../../support/leak_guard.ts";
import { assert } from "@std/assert";
import { now } from "../../../src/core/clock.ts";
import { openMeter, readCoreWait } from "../../../src/compare/measure/usage.ts";

Deno.test(
  "the CPU time of a thread is told for a millisecond as for a second",
  {
    ignore: readCoreWait() === null, // no thread can be told apart
  },
  async () => {
    const meter = await openMeter();
    const told = Array.from({ length: 50 }, () => {
      const began = now();
      const before = meter.ownTimes();
      const spun = now();
      while (now() < spun + 1);
      const passed = now() - spun;
      const after = meter.ownTimes();
      const share = (times: typeof before): number => times.cpuMs + times.coreWaitMs;
      return { busy: share(after) - share(before), passed, around: now() - began };
    });
    const exact = told.filter(({ busy, passed, around }) =>
      busy >= 0.9 * passed && busy <= 1.1 * around
    );
    // While a machine is held up as a whole a thread neither computes nor waits for a core.
    assert(exact.length > told.length / 2, JSON.stringify(told));
  },
);
