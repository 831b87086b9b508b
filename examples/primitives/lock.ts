/**
 * A lock, method by method: its two states, waiting for it, releasing it from anywhere, and the two ways to hold it.
 *
 * Run:    deno run --allow-read=. examples/primitives/lock.ts
 * Watch:  each line names what is claimed of a lock, and what was seen. Python's Lock does the same; where it raises
 *         RuntimeError, the error here is NotOwnerError. A lock keeps out only those who take it: nothing is guarded
 *         from a thread that writes without asking.
 */
import { Lock, portable, Thread } from "@quartet/concurrency/threading";
import { until } from "@quartet/concurrency/testing";
import { failureOf, show, thrownBy } from "../show.ts";

/** Takes the lock when it can have it, and gives it back. */
const visit = portable(import.meta, function visit(lock: Lock): string {
  using _held = lock.acquireSync();
  return "has had it";
});

/** Releases a lock that it has not taken. */
const letGo = portable(import.meta, function letGo(lock: Lock): void {
  lock.release();
});

if (import.meta.main) {
  const lock = new Lock();
  show("a new lock is", lock.locked() ? "taken" : "free");
  await lock.acquire();
  show("acquire() on a free lock puts it into the state", lock.locked() ? "taken" : "free");

  const visitor = new Thread({ target: visit, args: [lock] }).start();
  await until(() => lock.statistics().waiting === 1);
  show("a second acquire() blocks its thread; threads that wait", lock.statistics().waiting);
  show("acquire without waiting gives", lock.tryAcquire());
  show("acquire with a timeout gives, when the time is over", await lock.acquire({ timeout: 10 }));
  lock.release();
  show("after release() the thread that waited", await visitor.result);

  show("release() on a free lock throws", await thrownBy(() => lock.release()));

  await lock.acquire();
  await new Thread({ target: letGo, args: [lock] }).start().join();
  show(
    "any thread may release it; after another thread did it is",
    lock.locked() ? "taken" : "free",
  );

  await lock.acquire();
  try {
    show("form 1, acquire and try/finally, inside", lock.locked() ? "taken" : "free");
  } finally {
    lock.release();
  }
  {
    using _held = await lock.acquire();
    show("form 2, using (Python's with), inside", lock.locked() ? "taken" : "free");
  }
  const failed = await failureOf(() => {
    using _held = lock.acquireSync();
    throw new RangeError("the body fails");
  });
  show(`after a body that throws (${failed})`, lock.locked() ? "taken" : "free");
}
