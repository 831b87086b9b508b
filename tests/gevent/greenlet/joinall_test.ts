import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as gevent from "../../../src/gevent/mod.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";

const { iwait, joinall, killall, sleep, spawn } = gevent;

const slept = (delay: number): gevent.Greenlet<number> =>
  spawn(async (ms: number) => {
    await sleep(ms);
    return ms;
  }, delay);

const values = (greenlets: gevent.Greenlet<number>[]): unknown[] => greenlets.map((g) => g.value);

Deno.test("joinall() returns those that ended, in the order of ending", async () => {
  using clock = new VirtualClock();
  assertEquals(values(await joinall([slept(30), slept(10), slept(20)])), [10, 20, 30]);
  assertEquals(clock.now(), 30);
  assertEquals(await joinall([]), []);
});

Deno.test("joinall() ends after a count, or when the timeout has passed", async () => {
  using clock = new VirtualClock();
  const all = [slept(30), slept(10), slept(20)];
  assertEquals(values(await joinall(all, { count: 1 })), [10]);
  assertEquals(values(await joinall(all, { timeout: 15 })), [10, 20]);
  assertEquals(clock.now(), 25);
  assertEquals(values(await joinall(all, 0)), [10, 20]);
  await joinall(all);
  assertThrows(() => joinall(all, { count: -1 }), RangeError, "-1");
});

Deno.test("joinall() takes errors as they are, and throws the first with raiseError", async () => {
  using clock = new VirtualClock();
  const fail = (): gevent.Greenlet<number> =>
    gevent.spawnLater(10, (): number => {
      throw new RangeError("broken");
    });
  const [bad] = await joinall([fail()]);
  assertEquals((bad!.exception as Error).message, "broken");
  const late = slept(1000);
  await assertRejects(async () => await joinall([late, fail()], { raiseError: true }), RangeError);
  assertEquals(clock.now(), 20);
  await late.kill();
});

Deno.test("joinall() that is given up leaves the greenlets alone", async () => {
  using _clock = new VirtualClock();
  const greenlet = slept(20);
  const waiter = spawn(() => joinall([greenlet]));
  await sleep(1);
  await waiter.kill();
  assertEquals(greenlet.dead, false);
  assertEquals(await greenlet.get(), 20);
});

Deno.test("killall() kills all and waits for all", async () => {
  using clock = new VirtualClock();
  const all = [slept(100), slept(200)];
  await sleep(1);
  await killall(all);
  assertEquals([all.map((g) => g.dead), clock.now()], [[true, true], 1]);
  const more = [slept(100)];
  await killall(more, RangeError, { block: false });
  assertEquals(more[0]!.dead, false);
  await joinall(more);
  assertEquals(more[0]!.exception instanceof RangeError, true);
});

Deno.test("iwait() gives things as they become ready, of several kinds", async () => {
  using _clock = new VirtualClock();
  const event = new gevent.Event();
  const result = new gevent.AsyncResult<number>();
  const semaphore = new gevent.lock.Semaphore(0);
  const greenlet = slept(20);
  gevent.spawnLater(10, () => event.set());
  gevent.spawnLater(30, () => result.set(1));
  gevent.spawnLater(5, () => semaphore.release());
  const order: unknown[] = [];
  for await (const thing of iwait<gevent.Waitable>([greenlet, event, result, semaphore])) {
    order.push(thing);
  }
  assertEquals(order.length, 4);
  assertEquals(order.map((x) => [semaphore, event, greenlet, result].indexOf(x as never)), [
    0,
    1,
    2,
    3,
  ]);
});

Deno.test("wait() returns what became ready until the count or the time", async () => {
  using clock = new VirtualClock();
  const never = new gevent.Event();
  const [fast, slow] = [slept(5), slept(50)];
  assertEquals(await gevent.wait([never, slow, fast] as gevent.Waitable[], { count: 1 }), [fast]);
  assertEquals(await gevent.wait([never, fast] as gevent.Waitable[], 10), [fast]);
  assertEquals(clock.now(), 15);
  await assertRejects(
    () => gevent.wait([never], { signal: AbortSignal.abort(new RangeError("enough")) }),
    RangeError,
  );
  await slow.join();
});
