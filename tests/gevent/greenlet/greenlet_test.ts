import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { getRunningLoop, run } from "../../../src/asyncio/mod.ts";
import * as gevent from "../../../src/gevent/mod.ts";
import { perturb, VirtualClock } from "../../../src/testing/mod.ts";

const { GreenletExit, sleep, spawn } = gevent;

/** Both kinds of functions; what is promised holds for each. */
const waiting: Record<string, (log: string[], delay?: number) => () => unknown> = {
  "an async function": (log, delay = 1000) => async () => {
    try {
      log.push("begun");
      await sleep(delay);
      return "slept";
    } catch (error) {
      log.push((error as Error).name);
      throw error;
    } finally {
      log.push("cleaned");
    }
  },
  "a generator function": (log, delay = 1000) =>
    function* () {
      try {
        log.push("begun");
        yield* sleep(delay);
        return "slept";
      } catch (error) {
        log.push((error as Error).name);
        throw error;
      } finally {
        log.push("cleaned");
      }
    },
};

Deno.test("spawn() begins greenlets when the caller next waits, in the order of spawning", async () => {
  const log: string[] = [];
  const greenlets = ["a", "b", "c"].map((name) => spawn((n: string) => log.push(n), name));
  log.push("spawned");
  await gevent.joinall(greenlets);
  assertEquals(log, ["spawned", "a", "b", "c"]);
});

Deno.test("spawn() refuses at once what is no function", () => {
  assertThrows(() => spawn(5 as never), TypeError, "Cannot run 5 in a greenlet");
  assertThrows(() => new gevent.Greenlet("x" as never), TypeError);
});

for (const [kind, make] of Object.entries(waiting)) {
  Deno.test(`Greenlet of ${kind} goes from made over started to dead`, async () => {
    using _clock = new VirtualClock();
    const greenlet = new gevent.Greenlet(make([]) as () => Promise<string>);
    assertEquals([greenlet.started, greenlet.dead, greenlet.value], [false, false, null]);
    greenlet.start();
    greenlet.start();
    assertEquals([greenlet.started, greenlet.ready(), greenlet.successful()], [true, false, false]);
    assertEquals(await greenlet.get(), "slept");
    assertEquals([greenlet.started, greenlet.ready(), greenlet.successful()], [false, true, true]);
    assertEquals([await greenlet.get(), greenlet.value, greenlet.exception], [
      "slept",
      "slept",
      null,
    ]);
  });

  Deno.test(`Greenlet.kill() of ${kind} throws GreenletExit where it waits and waits for its end`, async () => {
    using clock = new VirtualClock();
    const log: string[] = [];
    const greenlet = spawn(make(log));
    await sleep(1);
    await greenlet.kill();
    assertEquals([log, greenlet.dead, clock.now()], [
      ["begun", "GreenletExit", "cleaned"],
      true,
      1,
    ]);
    const value = await greenlet.get();
    assert(value instanceof GreenletExit);
    assertStrictEquals(greenlet.value, value);
    assertEquals([greenlet.successful(), greenlet.exception], [true, null]);
    await greenlet.kill();
  });

  Deno.test(`Greenlet.kill() of ${kind} with an error of one's own makes it fail with that`, async () => {
    using _clock = new VirtualClock();
    const log: string[] = [];
    const greenlet = spawn(make(log));
    await sleep(1);
    const error = new RangeError("mine");
    await greenlet.kill(error);
    assertEquals(log, ["begun", "RangeError", "cleaned"]);
    assertEquals([greenlet.successful(), greenlet.exception], [false, error]);
    await assertRejects(async () => await greenlet.get(), RangeError, "mine");
  });

  Deno.test(`Greenlet.kill() of ${kind} before its first step: it never runs a line`, async () => {
    const log: string[] = [];
    const spawned = spawn(make(log));
    const made = new gevent.Greenlet(make(log) as () => Promise<string>);
    await spawned.kill();
    await made.kill();
    assertEquals(log, []);
    for (const greenlet of [spawned, made]) {
      assert(await greenlet.get() instanceof GreenletExit);
      assertEquals([greenlet.dead, greenlet.successful()], [true, true]);
    }
    const failed = spawn(make(log));
    await failed.kill(RangeError);
    await assertRejects(async () => await failed.get(), RangeError);
  });
}

Deno.test("Greenlet.kill() reaches through nested waits, with the error itself", async () => {
  using _clock = new VirtualClock();
  const seen: unknown[] = [];
  const error = new GreenletExit("enough");
  const inner = async (): Promise<void> => {
    try {
      await gevent.joinall([spawn(sleep, 50)]);
    } catch (caught) {
      seen.push(caught);
      throw caught;
    }
  };
  const outer = spawn(function* () {
    try {
      yield inner();
      yield* gevent.withTimeout(1000, sleep, 500);
    } catch (caught) {
      seen.push(caught);
      throw caught;
    }
  });
  await sleep(70);
  await outer.kill(error);
  assertEquals(seen.length, 1);
  assertStrictEquals(seen[0], error);
  assertStrictEquals(await outer.get(), error);
});

Deno.test("Greenlet.kill() with block: false does not wait; a timeout bounds the wait", async () => {
  using clock = new VirtualClock();
  const slowToDie = spawn(function* () {
    try {
      yield* sleep(1000);
    } finally {
      yield* sleep(50);
    }
  });
  await sleep(1);
  await slowToDie.kill(GreenletExit, { block: false });
  assertEquals([slowToDie.dead, clock.now()], [false, 1]);
  await slowToDie.join(10);
  assertEquals([slowToDie.dead, clock.now()], [false, 11]);
  await slowToDie.join();
  assertEquals([slowToDie.dead, clock.now()], [true, 51]);
});

Deno.test("Greenlet that catches the kill goes on and keeps its value", async () => {
  using _clock = new VirtualClock();
  const greenlet = spawn(async () => {
    try {
      await sleep(1000);
    } catch {
      await sleep(5);
      return "went on";
    }
  });
  await sleep(1);
  await greenlet.kill();
  assertEquals(await greenlet.get(), "went on");
});

Deno.test("Greenlet.get() throws the error, Greenlet.join() does not", async () => {
  const error = new RangeError("broken");
  const greenlet = spawn(() => {
    throw error;
  });
  await greenlet.join();
  assertEquals([greenlet.value, greenlet.successful(), greenlet.exception], [null, false, error]);
  await assertRejects(async () => await greenlet.get(), RangeError, "broken");
  await assertRejects(async () => await greenlet.get(), RangeError, "broken");
});

Deno.test("Greenlet that fails with nobody looking is reported with its name", async () => {
  const reported: string[] = [];
  await run(async () => {
    getRunningLoop().setExceptionHandler((_, { message, exception }) => {
      reported.push(`${message}: ${(exception as Error).message}`);
    });
    const lost = spawn(function worker() {
      throw new Error("lost");
    });
    const seen = spawn(() => {
      throw new Error("seen");
    });
    await gevent.joinall([lost, seen]);
    await assertRejects(async () => await seen.get(), Error, "seen");
  });
  assertEquals(reported, ["Greenlet worker failed and nobody looked at its error: lost"]);
});

Deno.test("Greenlet.get() throws Timeout when it takes too long, and goes on", async () => {
  using clock = new VirtualClock();
  const greenlet = spawn(sleep, 100);
  await assertRejects(async () => await greenlet.get({ timeout: 10 }), gevent.Timeout, "10 ms");
  await assertRejects(async () => await greenlet.get(5), gevent.Timeout);
  await assertRejects(async () => await greenlet.get({ block: false }), gevent.Timeout);
  assertEquals(clock.now(), 15);
  await greenlet.get(1000);
  assertThrows(() => greenlet.get(NaN), RangeError, "timeout NaN");
});

Deno.test("Greenlet.join() ends with the signal's reason", async () => {
  using _clock = new VirtualClock();
  const greenlet = spawn(sleep, 100);
  const controller = new AbortController();
  const joining = greenlet.join({ signal: controller.signal });
  controller.abort(new RangeError("enough"));
  await assertRejects(async () => await joining, RangeError, "enough");
  await greenlet.join();
});

Deno.test("Greenlet.link() calls in a greenlet when it has ended, and also when it had before", async () => {
  const log: string[] = [];
  const good = spawn(() => 1);
  const bad = spawn(() => {
    throw new Error("bad");
  });
  const note = (what: string) => (g: gevent.Greenlet<unknown>): void => {
    log.push(`${what} ${g.successful()} ${gevent.getcurrent() !== null}`);
  };
  for (const greenlet of [good, bad] as gevent.Greenlet<unknown>[]) {
    greenlet.link(note("link"));
    greenlet.linkValue(note("value"));
    greenlet.linkException(note("exception"));
    const taken = note("unlinked");
    greenlet.link(taken);
    greenlet.unlink(taken);
  }
  await gevent.joinall<unknown>([good, bad]);
  await gevent.idle();
  assertEquals(log.toSorted(), [
    "exception false true",
    "link false true",
    "link true true",
    "value true true",
  ]);
  good.link(note("late"));
  assertEquals(log.length, 4);
  await gevent.idle();
  assertEquals(log[4], "late true true");
  assertEquals((bad.exception as Error).message, "bad");
  assertThrows(() => good.link(5 as never), TypeError, "Cannot link 5");
});

Deno.test("spawnLater() begins after its delay; killed before, never", async () => {
  using clock = new VirtualClock();
  const later = gevent.spawnLater(20, () => clock.now());
  const never = gevent.spawnLater(20, () => clock.now());
  assertEquals([later.started, later.dead], [true, false]);
  await never.kill();
  assertEquals(await later.get(), 20);
  assert(await never.get() instanceof GreenletExit);
  assertThrows(() => gevent.spawnLater(NaN, () => 0), RangeError, "delay NaN");
});

Deno.test("getcurrent() tells the greenlet that runs, null in the main program", async () => {
  using _clock = new VirtualClock();
  assertEquals(gevent.getcurrent(), null);
  const greenlet: gevent.Greenlet<boolean[]> = spawn(async () => {
    const before = gevent.getcurrent() === greenlet;
    await sleep(1);
    const child = spawn(() => gevent.getcurrent()?.parent === greenlet);
    const inCall = await gevent.withTimeout(10, () => gevent.getcurrent() === greenlet);
    return [before, gevent.getcurrent() === greenlet, await child.get() as boolean, inCall];
  });
  assertEquals(await greenlet.get(), [true, true, true, true]);
});

Deno.test("Greenlet can be awaited for at the end of a block, and is no promise", async () => {
  using clock = new VirtualClock();
  {
    await using greenlet = spawn(sleep, 30);
    assertEquals("then" in greenlet, false);
  }
  assertEquals(clock.now(), 30);
});

Deno.test("sleep(0) lets the others have their turn once, round robin", async () => {
  const log: string[] = [];
  const speak = function* (word: string): Generator<unknown, void, unknown> {
    for (let i = 0; i < 3; i++) {
      log.push(word);
      yield* sleep(0);
    }
  };
  await gevent.joinall([spawn(speak, "a"), spawn(speak, "b")]);
  assertEquals(log, ["a", "b", "a", "b", "a", "b"]);
  await sleep(-1);
  assertThrows(() => sleep(NaN), RangeError);
  assertThrows(() => sleep("x" as never), TypeError);
});

Deno.test("idle() comes back when the others have nothing to do", async () => {
  using _clock = new VirtualClock();
  let steps = 0;
  const busy = spawn(async () => {
    for (let i = 0; i < 200; i++, steps++) await sleep(0);
    await sleep(1000);
  });
  await gevent.idle();
  assertEquals(steps, 200);
  await busy.kill();
});

Deno.test("greenlets keep what they promise in any order of the ready ones", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    using _perturbing = perturb(seed);
    using _clock = new VirtualClock();
    const tickets = new gevent.lock.Semaphore(2);
    const work = new gevent.queue.JoinableQueue<number>(3);
    let inside = 0, sum = 0;
    const workers = Array.from({ length: 4 }, () =>
      spawn(async () => {
        for await (const n of work) {
          using _ticket = await tickets.acquire();
          assert(++inside <= 2, `seed ${seed}`);
          await sleep(n % 3);
          sum += n;
          inside--;
          work.taskDone();
        }
      }));
    for (let n = 1; n <= 20; n++) await work.put(n);
    await work.join();
    assertEquals([sum, tickets.counter], [210, 2], `seed ${seed}`);
    await gevent.killall(workers);
  }
});
