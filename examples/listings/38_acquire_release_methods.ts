/**
 * 38: `acquire` takes the primitive, `release` lets it go.
 *
 * Python: examples/python/38_acquire_release_methods.py
 * Run:    deno run examples/listings/38_acquire_release_methods.ts
 * Watch:  `acquire(blocking=False)` is `tryAcquire()`. What it returns is a guard, which is true, or `null`.
 */
import { Lock } from "@quartet/concurrency/threading";

const lock = new Lock();
const say = (guard: Disposable | null): string => guard ? "True" : "False";

console.log(".acquire() returns", say(await lock.acquire()));
console.log("second .acquire(blocking=False) returns", say(lock.tryAcquire()));
console.log(".release() returns", lock.release() ?? "None");
console.log(".acquire(blocking=False) after it returns", say(lock.tryAcquire()));
lock.release();
