/**
 * Fails a test file that leaves anything running: threads, child processes, timers, pending parks.
 *
 * Import it first in a test file, for its effect:
 *
 *     import "./leak_guard.ts";
 *
 * It switches on the runner's sanitizers of ops and resources, and puts the public `leakGuard` around the
 * whole file, because a leaked worker passes the sanitizers. Files that run at the same time share one process,
 * so there the operating system's count says nothing and only the library is asked.
 */
import { allEnded, liveThings } from "../../src/core/parts.ts";
import { leakGuard } from "../../src/testing/leak_guard.ts";
import { until } from "./until_waiting.ts";

const guard = leakGuard({ grace: 60_000, system: !besideOthers() });

Deno.test.sanitizer({ ops: true, resources: true });

Deno.test.afterEach(async () => {
  await allEnded();
  // A worker that was terminated counts as a zombie until its core has had time for its end.
  await until(() => !liveThings().some(({ kind }) => kind === "zombie"), "zombies to end");
});
Deno.test.afterAll(() => guard.check());

function besideOthers(): boolean {
  try {
    return Deno.readTextFileSync("/proc/self/cmdline").split("\0").includes("--parallel");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return false;
    }
    throw error;
  }
}
