/**
 * A re-entrant lock: its owner takes it again without waiting, and nobody else can release it.
 *
 * Run:    deno run --allow-read=. examples/primitives/rlock.ts
 * Watch:  `deposit` calls `log`, and both take the lock: with a Lock the thread would wait for itself for ever. The
 *         course says that an RLock has no `locked()`: in Python it has since 3.14, and here it has.
 */
import { Lock, portable, RLock, Thread } from "@quartet/concurrency/threading";
import { show, thrownBy } from "../show.ts";

const lines: string[] = [];

function log(lock: RLock, text: string): void {
  using _held = lock.acquireSync(); // again, by the owner
  lines.push(`${text}, held ${lock.statistics().depth} times`);
}

function deposit(lock: RLock, amount: number): void {
  using _held = lock.acquireSync();
  log(lock, `deposit of ${amount}`);
}

const releaseIt = portable(import.meta, async function releaseIt(lock: RLock): Promise<string> {
  return await thrownBy(() => lock.release());
});

const tryIt = portable(import.meta, function tryIt(lock: RLock): boolean {
  using got = lock.tryAcquire();
  return got !== null;
});

if (import.meta.main) {
  const lock = new RLock();
  deposit(lock, 100);
  show("nested taking by the owner does not block", lines[0]!);
  show("after the outer release it is", lock.locked() ? "taken" : "free");

  await lock.acquire();
  await lock.acquire();
  const other = async (): Promise<boolean> =>
    await new Thread({ target: tryIt, args: [lock] }).start().result;
  lock.release();
  show("taken twice and released once, another thread can have it", await other());
  show(
    "release() by another thread throws",
    await new Thread({ target: releaseIt, args: [lock] }).start().result,
  );
  lock.release();
  show(
    "after the release that belongs to the outer acquire(), another thread can have it",
    await other(),
  );

  show("release() on a free RLock throws", await thrownBy(() => lock.release()));
  show("locked() exists, since 3.14 in Python as well", lock.locked());
  {
    using _held = await lock.acquire();
    show("in a using block (Python's with), isOwned()", lock.isOwned());
  }
  const plain = new Lock();
  await plain.acquire();
  show(
    "a plain Lock taken again by the same thread, for 10 ms",
    await plain.acquire({ timeout: 10 }),
  );
}
