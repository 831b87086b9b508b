import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { reportUnretrieved, setUnretrievedReporter } from "../../../src/core/unretrieved.ts";
import * as gevent from "../../../src/gevent/mod.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";

const { AsyncResult, Event, sleep, spawn } = gevent;

Deno.test("Event.set() wakes all waiters, in the order of coming", async () => {
  using _clock = new VirtualClock();
  const event = new Event();
  const log: string[] = [];
  const waiters = ["a", "b", "c"].map((name) =>
    spawn(async () => {
      assertEquals(await event.wait(), true);
      log.push(name);
    })
  );
  await sleep(1);
  assertEquals(event.statistics(), { isSet: false, waiting: 3 });
  event.set();
  await gevent.joinall(waiters, { raiseError: true });
  assertEquals([log, event.isSet(), event.ready()], [["a", "b", "c"], true, true]);
  assertEquals(await event.wait(), true);
});

Deno.test("Event.wait() gives false when the timeout has passed, and after clear() waits again", async () => {
  using clock = new VirtualClock();
  const event = new Event();
  event.set();
  event.clear();
  assertEquals(await event.wait(10), false);
  assertEquals(await event.wait({ timeout: 10 }), false);
  assertEquals([clock.now(), event.statistics().waiting], [20, 0]);
});

Deno.test("Event forgets a waiter that is killed", async () => {
  using _clock = new VirtualClock();
  const event = new Event();
  const waiter = spawn(() => event.wait());
  await sleep(1);
  await waiter.kill();
  assertEquals(event.statistics().waiting, 0);
});

Deno.test("AsyncResult.get() waits for the value, wait() gives it too", async () => {
  using _clock = new VirtualClock();
  const result = new AsyncResult<number>();
  assertEquals([result.ready(), result.successful(), result.value], [false, false, null]);
  gevent.spawnLater(10, () => result.set(7));
  assertEquals([await result.get(), await result.wait(), result.getNowait()], [7, 7, 7]);
  assertEquals([result.ready(), result.successful(), result.value], [true, true, 7]);
});

Deno.test("AsyncResult.get() throws the error, wait() gives null for it", async () => {
  using _clock = new VirtualClock();
  const result = new AsyncResult<number>();
  const error = new RangeError("no");
  gevent.spawnLater(10, () => result.setException(error));
  assertEquals(await result.wait(), null);
  await assertRejects(async () => await result.get(), RangeError, "no");
  assertThrows(() => result.getNowait(), RangeError);
  assertEquals([result.exception, result.successful(), result.ready()], [error, false, true]);
});

Deno.test("AsyncResult.get() throws Timeout when nothing comes, wait() gives null", async () => {
  using clock = new VirtualClock();
  const result = new AsyncResult<number>();
  await assertRejects(async () => await result.get(10), gevent.Timeout);
  await assertRejects(async () => await result.get({ block: false }), gevent.Timeout);
  assertThrows(() => result.getNowait(), gevent.Timeout);
  assertEquals([await result.wait(10), clock.now()], [null, 20]);
  assertEquals(result.statistics(), { ready: false, waiting: 0 });
});

Deno.test("AsyncResult takes how a greenlet ends, by link", async () => {
  const good = new AsyncResult<number>(), bad = new AsyncResult<number>();
  spawn(() => 5).link(good);
  const error = new RangeError("no");
  const failing = spawn((): number => {
    throw error;
  });
  failing.link(bad);
  assertEquals(await good.get(), 5);
  assertStrictEquals(await assertRejects(async () => await bad.get()), error);
  const killed = new AsyncResult();
  const sleeper = spawn(sleep, 1000);
  sleeper.link(killed);
  await sleeper.kill();
  assertEquals(await killed.get() instanceof gevent.GreenletExit, true);
  assertThrows(() => good.accept(new gevent.Greenlet(() => 1)), gevent.InvalidStateError);
});

Deno.test("AsyncResult that fails with nobody looking is reported", () => {
  const reported: unknown[] = [];
  const before = setUnretrievedReporter((error) => reported.push(error));
  try {
    const lost = new AsyncResult(), seen = new AsyncResult();
    lost.setException(new Error("lost"));
    seen.setException(new Error("seen"));
    void seen.exception;
    reportUnretrieved();
    assertEquals(reported.map((error) => (error as Error).message), ["lost"]);
  } finally {
    setUnretrievedReporter(before);
  }
});

Deno.test("Local has a value for each greenlet, and one for the main program", async () => {
  const local = new gevent.Local<string>();
  local.value = "main";
  const plain = spawn(() => local.value);
  const own = spawn(async () => {
    local.value = "own";
    await sleep(0);
    return local.value;
  });
  assertEquals([await plain.get(), await own.get(), local.value], [undefined, "own", "main"]);
  local.delete();
  assertEquals(local.value, undefined);
});
