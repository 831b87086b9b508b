/**
 * A semaphore, method by method: a counter of permits that cannot go below zero.
 *
 * Run:    deno run --allow-read=. examples/primitives/semaphore.ts
 * Watch:  three permits stand for three connections to a database; ten threads want one, and never more than three are
 *         inside. Dijkstra's P and V of 1965 are `acquire` and `release`.
 */
import {
  BoundedSemaphore,
  portable,
  Semaphore,
  sleepSync,
  Thread,
  Value,
} from "@quartet/concurrency/threading";
import { until } from "@quartet/concurrency/testing";
import { show, thrownBy } from "../show.ts";

/** Uses a connection for a while, and notes the most that were in use at once. */
const query = portable(
  import.meta,
  function query(connections: Semaphore, inside: Value, most: Value): void {
    using _connection = connections.acquireSync();
    const now = inside.add(1) + 1;
    for (let seen = most.get(); now > seen; seen = most.get()) most.compareExchange(seen, now);
    sleepSync(5);
    inside.add(-1);
  },
);

const take = portable(import.meta, function take(semaphore: Semaphore): void {
  semaphore.acquireSync();
});

if (import.meta.main) {
  show("the default value is", new Semaphore().value);
  show("a value below zero throws", await thrownBy(() => new Semaphore(-1)));

  const semaphore = new Semaphore(2);
  const permit = await semaphore.acquire();
  show("each acquire() lowers the counter by one: from 2 to", semaphore.value);
  permit[Symbol.dispose]();
  show("each release() raises it by one: to", semaphore.value);
  await semaphore.acquire();
  await semaphore.acquire();
  show("at zero, acquire without waiting gives", semaphore.tryAcquire());
  show("at zero, acquire with a timeout gives", await semaphore.acquire({ timeout: 10 }));
  const thread = new Thread({ target: take, args: [semaphore] }).start();
  await until(() => semaphore.statistics().waiting === 1);
  show("at zero, acquire() blocks; threads that wait", semaphore.statistics().waiting);
  semaphore.release();
  await thread.join();
  show("until somebody calls release(); the counter is then", semaphore.value);

  const free = new Semaphore(1);
  free.release();
  show("a plain semaphore grows above its initial value of 1, to", free.value);
  const bounded = new BoundedSemaphore(1);
  show("a BoundedSemaphore does not", await thrownBy(() => bounded.release()));

  const [connections, inside, most] = [new BoundedSemaphore(3), new Value(0), new Value(0)];
  const args: Parameters<typeof query> = [connections, inside, most];
  const threads = Array.from({ length: 10 }, () => new Thread({ target: query, args }).start());
  for (const each of threads) await each.join();
  show("ten threads, three connections; more than three at once", most.get() > 3);
}
