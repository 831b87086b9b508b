import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FullError } from "../../src/core/errors.ts";
import * as gevent from "../../src/gevent/mod.ts";
import { VirtualClock } from "../../src/testing/mod.ts";

const { Greenlet, pool, queue, sleep, spawn } = gevent;

Deno.test("Pool.start() and add() never make more than the pool's size run", async () => {
  using _clock = new VirtualClock();
  const two = new pool.Pool(2);
  let running = 0, most = 0, ended = 0;
  const body = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await sleep(5);
    running--;
    ended++;
  };
  for (let i = 0; i < 3; i++) void two.start(new Greenlet(body));
  void two.spawn(body);
  await two.start(new Greenlet(body));
  assertEquals(two.statistics(), { size: 2, running: 1, waiting: 0 });
  await two.join();
  assertEquals([most, ended], [2, 5]);
});

Deno.test("Pool.add() waits for room, is refused in time, at once without waiting, and by its signal", async () => {
  using clock = new VirtualClock();
  const one = new pool.Pool(1);
  const [first, second] = [spawn(sleep, 100), spawn(sleep, 1000)];
  await one.add(first);
  await one.add(first); // it is in already
  await assertRejects(async () => await one.add(second, 20), FullError);
  await assertRejects(async () => await one.add(second, { block: false }), FullError);
  await assertRejects(
    async () => await one.start(new Greenlet(sleep, 1), { timeout: 0 }),
    FullError,
  );
  const signal = AbortSignal.abort(new RangeError("enough"));
  await assertRejects(async () => await one.add(second, { signal }), RangeError, "enough");
  assertEquals([one.has(second), one.size, one.statistics().waiting, clock.now()], [
    false,
    1,
    0,
    20,
  ]);
  await one.add(second);
  assertEquals([clock.now(), one.has(second)], [100, true]);
  await second.kill();
  assertEquals(one.size, 0);
});

Deno.test("a greenlet that dies while it waits for room takes none", async () => {
  using _clock = new VirtualClock();
  const one = new pool.Pool(1);
  const [first, doomed] = [spawn(sleep, 10), spawn(sleep, 1000)];
  await one.add(first);
  const adding = one.add(doomed);
  await doomed.kill();
  await adding;
  assertEquals([one.size, one.freeCount()], [0, 1]);
  assertEquals(await one.join(), true);
});

Deno.test("imap() and imapUnordered() take items from a queue as they come, and give results meanwhile", async () => {
  using clock = new VirtualClock();
  for (const how of ["imap", "imapUnordered"] as const) {
    const items = new queue.Queue<number>();
    await items.put(1);
    await items.put(2);
    const begun = clock.now();
    gevent.spawnLater(50, () => items.putNowait(3));
    gevent.spawnLater(60, () => items.putNowait(queue.StopIteration as never));
    const seen: [unknown, number][] = [];
    for await (const value of new pool.Pool(2)[how]((n: number) => n * n, items)) {
      seen.push([value, clock.now() - begun]);
    }
    assertEquals(seen, [[1, 0], [4, 0], [9, 50]], how);
  }
});

Deno.test("a loop over results that breaks while the next item is waited for ends at once", async () => {
  using _clock = new VirtualClock();
  const items = new queue.Queue<number>();
  await items.put(1);
  const two = new pool.Pool(2);
  for await (const value of two.imap((n: number) => n, items)) {
    assertEquals(value, 1);
    break;
  }
  await items.put(2);
  assertEquals([two.size, items.qsize(), await items.get()], [0, 1, 2]);
});

Deno.test("a link that throws keeps no other from its call, nor a wait from its end", async () => {
  const seen: unknown[] = [];
  const loop = gevent.spawn(() => {}).join().getLoop();
  const before = loop.getExceptionHandler();
  loop.setExceptionHandler((_, { exception }) => seen.push(exception));
  try {
    const mine = new Error("mine");
    const greenlet = spawn(() => 5);
    const event = new gevent.Event();
    for (const linked of [greenlet, event]) {
      linked.rawlink(() => {
        throw mine;
      });
      linked.rawlink(() => seen.push("raw"));
    }
    greenlet.link(() => seen.push("link"));
    await greenlet.join();
    assertEquals(await greenlet.get(), 5);
    event.set();
    await sleep(1);
    assertEquals(seen.filter((each) => each === mine).length, 2);
    assertEquals(seen.filter((each) => each !== mine).sort(), ["link", "raw", "raw"]);
    assertStrictEquals(greenlet.successful(), true);
  } finally {
    loop.setExceptionHandler(before);
  }
});
