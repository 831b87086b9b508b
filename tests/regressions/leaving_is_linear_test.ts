/** So many that wait and leave: the work grows with their number, not with its square. */
import "../support/leak_guard.ts";
import { assertLinear } from "../support/linear.ts";
import * as aio from "../../src/asyncio/mod.ts";
import { Future } from "../../src/futures/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import { Lock } from "../../src/threading/mod.ts";

const ways: Record<string, (count: number) => Promise<void>> = {
  async "aborting one signal"(count) {
    const queue = new aio.Queue<number>(), controller = new AbortController();
    const { signal } = controller;
    const waits = Array.from({ length: count }, () => queue.get({ signal }));
    controller.abort();
    await Promise.allSettled(waits);
  },
  async "aborting one signal of gevent's waits"(count) {
    const queue = new gevent.queue.Queue<number>(), controller = new AbortController();
    const { signal } = controller;
    const waits = Array.from({ length: count }, () => queue.get({ signal }));
    controller.abort();
    await Promise.allSettled(waits);
  },
  async "cancelling tasks, the last first"(count) {
    const lock = new aio.Lock();
    lock.tryAcquire();
    const tasks = Array.from({ length: count }, () => aio.createTask(() => lock.acquire()));
    await aio.sleep(0);
    await aio.sleep(0);
    for (const task of tasks.reverse()) task.cancel();
    await Promise.allSettled(tasks);
  },
  async "cancelling shields of one task"(count) {
    const inner = aio.createTask(() => aio.sleep(10_000));
    const shields = Array.from({ length: count }, () => aio.shield(inner));
    for (const shield of shields.reverse()) shield.cancel();
    inner.cancel();
    await Promise.allSettled([...shields, inner]);
  },
  async "taking back callbacks of a loop's future"(count) {
    const future = new aio.Future<void>();
    const callbacks = Array.from({ length: count }, () => () => {});
    for (const callback of callbacks) future.addDoneCallback(callback);
    for (const callback of callbacks) future.removeDoneCallback(callback);
    await aio.sleep(0);
  },
  async "taking back callbacks of an executor's future, the last first"(count) {
    const future = new Future<void>();
    const callbacks = Array.from({ length: count }, () => () => {});
    for (const callback of callbacks) future.addDoneCallback(callback);
    for (const callback of callbacks.reverse()) future.removeDoneCallback(callback);
    await aio.sleep(0);
  },
  async "timing out of joins of one greenlet"(count) {
    const greenlet = gevent.spawn(() => gevent.sleep(10_000));
    await Promise.all(Array.from({ length: count }, () => greenlet.join(1)));
    await greenlet.kill();
  },
  async "taking back links of one greenlet"(count) {
    const greenlet = gevent.spawn(() => gevent.sleep(10_000));
    const links = Array.from({ length: count }, () => () => {});
    for (const link of links) greenlet.link(link);
    for (const link of links.reverse()) greenlet.unlink(link);
    await greenlet.kill();
  },
  async "timing out of a wait for many tasks"(count) {
    const event = new aio.Event();
    const tasks = Array.from({ length: count }, () => aio.createTask(() => event.wait()));
    await aio.wait(tasks, { timeout: 1 });
    event.set();
    await Promise.all(tasks);
  },
  async "waiting for many futures that end one by one"(count) {
    const futures = Array.from({ length: count }, () => new aio.Future<void>());
    const waiting = aio.wait(futures);
    for (const future of futures) future.setResult();
    await waiting;
  },
  async "cancelling tasks that wait for a lock between threads"(count) {
    const lock = new Lock();
    lock.acquireSync();
    const tasks = Array.from(
      { length: count },
      () => aio.createTask(async () => await lock.acquire()),
    );
    await aio.sleep(0);
    for (const task of tasks.reverse()) task.cancel();
    await Promise.allSettled(tasks);
  },
  async "timing out"(count) {
    const event = new aio.Event();
    await Promise.all(Array.from({ length: count }, () => event.wait({ timeout: 1 })));
  },
};

for (const [name, leave] of Object.entries(ways)) {
  Deno.test(`${name}: many waiters cost no more each than few`, async () => {
    await assertLinear((count) => aio.run(() => leave(count)));
  });
}
