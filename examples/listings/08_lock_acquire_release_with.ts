/**
 * 08: two ways to hold a lock: `acquire` and `release` round a `try`, and `with`, which is `using` here.
 *
 * Python: 08_lock_acquire_release_with.py
 * Run:    deno run examples/listings/08_lock_acquire_release_with.ts
 * Watch:  `using` lets go at the end of its block, also when the block throws. `acquire()` waits with a promise;
 *         `acquireSync()` blocks the thread, as Python's does.
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
