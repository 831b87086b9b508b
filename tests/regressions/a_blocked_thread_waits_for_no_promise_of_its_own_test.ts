/**
 * A thread that blocked for what a promise of its own waited for already was passed over: that promise was chosen, and could not
 * go on while the thread blocked.
 */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { Queue } from "../../src/queue/mod.ts";
import { Event, Lock, portable, RLock, Semaphore, Thread } from "../../src/threading/mod.ts";
import { until } from "../support/until_waiting.ts";

const { release, put } = portable(import.meta, {
  /** Holds a lock, or the last permit of a semaphore, until somebody blocks for it behind a promise; then gives it back. */
  async release(what: Lock | RLock | Semaphore, held: Event): Promise<void> {
    const guard = what.acquireSync();
    held.set();
    await until(() => what.statistics().waiting === 2);
    guard[Symbol.dispose]();
  },
  /** Puts an item once two wait for one, and another when one was taken. */
  async put(items: Queue<number>): Promise<void> {
    await until(() => items.statistics().waitingToGet === 2);
    items.putSync(1);
    await until(() => items.statistics().waitingToGet === 1);
    items.putSync(2);
  },
});

const makers: Record<string, () => Lock | RLock | Semaphore> = {
  "Lock": () => new Lock(),
  "fair Lock": () => new Lock({ fair: true }),
  "RLock": () => new RLock(),
  "Semaphore": () => new Semaphore(1),
  "fair Semaphore": () => new Semaphore(1, { fair: true }),
};

for (const [name, make] of Object.entries(makers)) {
  Deno.test(`a thread that blocks for a ${name} gets it before a promise of its own`, async () => {
    const what = make();
    const held = new Event();
    const thread = new Thread({ target: release, args: [what, held] }).start();
    await held.wait();
    const order: string[] = [];
    const promise = what.acquire().then((guard) => {
      order.push("promise");
      guard[Symbol.dispose]();
    });
    const guard = what.acquireSync({ timeout: 20_000 });
    order.push(guard === null ? "not in time" : "blocked");
    guard?.[Symbol.dispose]();
    await promise;
    await thread.result;
    await thread.join();
    assertEquals(order, ["blocked", "promise"]);
  });
}

Deno.test("a thread that blocks for an item of a Queue gets one before a promise of its own", async () => {
  const items = new Queue<number>();
  const thread = new Thread({ target: put, args: [items] }).start();
  const promise = items.get();
  assertEquals(items.getSync({ timeout: 20_000 }), 1);
  assertEquals(await promise, 2);
  await thread.result;
  await thread.join();
});
