/**
 * A condition, method by method: three consumers wait, and are woken by one, by some, and all at once.
 *
 * Run:    deno run --allow-read=. examples/primitives/condition.ts
 * Watch:  a waiting thread has let go of the lock, or nobody could change what is waited for. A consumer that wakes
 *         looks again (`waitFor` does it by itself): between the notification and its turn another may have taken the
 *         item.
 */
import { Condition, Lock, portable, RLock, Thread, Value } from "@quartet/concurrency/threading";
import { until } from "@quartet/concurrency/testing";
import { show, thrownBy } from "../show.ts";

/** Waits for a notification, or for so many milliseconds. */
const consumer = portable(import.meta, function consumer(ready: Condition, woken: Value): void {
  using _held = ready.acquireSync();
  ready.waitSync();
  woken.add(1);
});

/** Waits until there is an item, and takes it. */
const taker = portable(import.meta, function taker(ready: Condition, items: Value): number {
  using _held = ready.acquireSync();
  ready.waitForSync(() => items.get() > 0);
  return items.add(-1);
});

if (import.meta.main) {
  const mutex = new RLock();
  const ready = new Condition(mutex);
  const woken = new Value(0);
  const waiting = (count: number) => until(() => ready.statistics().waiting === count);
  const threads = Array.from(
    { length: 4 },
    () => new Thread({ target: consumer, args: [ready, woken] }).start(),
  );
  await waiting(4);
  show("consumers that wait", ready.statistics().waiting);
  /** Notifies under the lock, and tells how many were woken by it. */
  const wakes = async (notify: () => void, expected: number): Promise<number> => {
    const before = woken.get();
    {
      using _held = await ready.acquire();
      notify();
    }
    await until(() => woken.get() - before === expected);
    await waiting(4 - woken.get());
    return woken.get() - before;
  };
  show("notify() without argument wakes", await wakes(() => ready.notify(), 1));
  show("notify(2) wakes", await wakes(() => ready.notify(2), 2));
  show("notifyAll() wakes all that are left", await wakes(() => ready.notifyAll(), 1));
  for (const thread of threads) await thread.join();

  {
    using _held = await ready.acquire();
    show(
      "wait() with a timeout goes on when the time is over, and gives",
      await ready.wait({ timeout: 10 }),
    );
    show("the lock is held again after it, isOwned()", mutex.isOwned());
  }
  show("wait() without the lock throws", await thrownBy(() => ready.wait()));
  show("notify() without the lock throws", await thrownBy(() => ready.notify()));

  const items = new Value(0);
  const customer = new Thread({ target: taker, args: [ready, items] }).start();
  await until(() => ready.statistics().waiting === 1);
  {
    using _held = await ready.acquire();
    ready.notifyAll(); // though there is nothing: it looks, and waits on
    items.set(1); // the producer prepares the resource …
    ready.notify(); // … and then notifies
  }
  show("waitFor(predicate) checks and waits in one; items when it went on", await customer.result);

  const [lock, again] = [new Lock(), new RLock()];
  const [onLock, onAgain] = [new Condition(lock), new Condition(again)];
  await onLock.acquire();
  show("a condition works with the lock it is given: acquire() takes it, locked()", lock.locked());
  onLock.release();
  show("and release() lets go of it, locked()", lock.locked());
  using _held = await onAgain.acquire();
  show("or with an RLock, isOwned()", again.isOwned());
}
