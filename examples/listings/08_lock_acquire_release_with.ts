/**
 * 08: two ways to hold a lock: `acquire` and `release` round a `try`, and `with`, which is `using` here.
 *
 * Python: examples/python/08_lock_acquire_release_with.py
 * Run:    deno run examples/listings/08_lock_acquire_release_with.ts
 * Watch:  `using` lets go at the end of its block, also when the block throws. `acquire()` waits with a promise;
 *         `acquireSync()` blocks the thread, as Python's does.
 * Errata: as printed an IndentationError, and then a NameError. More in examples/ERRATA.md.
 */
import { Lock } from "@quartet/concurrency/threading";

const lock = new Lock();
const state = (): string => lock.locked() ? "locked" : "free";

await lock.acquire();
try {
  // work on what is shared
  console.log("acquire():", state());
} finally {
  lock.release();
}
console.log("release():", state());

{
  using _held = await lock.acquire();
  // work on what is shared
  console.log("inside with:", state());
}
console.log("after with:", state());

try {
  using _held = await lock.acquire();
  throw new Error("the work fails");
} catch {
  console.assert(!lock.locked(), "the lock is free, also after a body that throws");
}
