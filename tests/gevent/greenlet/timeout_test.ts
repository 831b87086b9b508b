import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { createTask, Future, run } from "../../../src/asyncio/mod.ts";
import { reportUnretrieved } from "../../../src/core/unretrieved.ts";
import * as gevent from "../../../src/gevent/mod.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";

const { sleep, spawn, Timeout, withTimeout } = gevent;

/** Where code may stand; a guard promises the same in each. */
const places: Record<string, (body: () => Promise<unknown>) => Promise<unknown>> = {
  "in the main program": (body) => body(),
  "in a greenlet": async (body) => await spawn(body).get(),
  "in a task of asyncio": (body) => run(async () => await createTask(body)),
};

for (const [where, within] of Object.entries(places)) {
  Deno.test(`Timeout ${where} throws itself where one waits`, async () => {
    using clock = new VirtualClock();
    await within(async () => {
      const limit = Timeout.startNew(10);
      const caught = await assertRejects(
        async () => {
          using _limit = limit;
          await sleep(1000);
        },
        Timeout,
        "10 ms",
      );
      assertStrictEquals(caught, limit);
      assertEquals([clock.now(), limit.pending], [10, false]);
      await sleep(5);
    });
  });

  Deno.test(`Timeout ${where} that is called off in time does nothing`, async () => {
    using clock = new VirtualClock();
    await within(async () => {
      {
        using limit = Timeout.startNew(10);
        await sleep(5);
        assertEquals(limit.pending, true);
      }
      await sleep(20);
      assertEquals(clock.now(), 25);
    });
  });

  Deno.test(`Timeouts ${where} are nested and told apart`, async () => {
    using clock = new VirtualClock();
    await within(async () => {
      using outer = Timeout.startNew(10);
      const caught = await assertRejects(async () => {
        using _inner = Timeout.startNew(50);
        await sleep(1000);
      }, Timeout);
      assertStrictEquals(caught, outer);
      await sleep(100);
      assertEquals(clock.now(), 110);
    });
  });
}

Deno.test("Timeout is started by a using declaration, as by Python's with", async () => {
  using clock = new VirtualClock();
  await assertRejects(async () => {
    using limit = new Timeout(10);
    assertEquals(limit.pending, true);
    await sleep(1000);
  }, Timeout);
  await assertRejects(async () => {
    await using _limit = new Timeout(10);
    await sleep(1000);
  }, Timeout);
  {
    using stack = new DisposableStack();
    stack.use(new Timeout(10));
    await sleep(5);
  }
  await sleep(100);
  const merelyMade = new Timeout(10);
  await sleep(100);
  assertEquals([merelyMade.pending, clock.now()], [false, 225]);
});

Deno.test("Timeout of the main program reaches waits that are made of several", async () => {
  using clock = new VirtualClock();
  const never = spawn(sleep, 10_000);
  const group = new gevent.pool.Pool(1);
  await group.spawn(sleep, 10_000);
  const waits: (() => PromiseLike<unknown>)[] = [
    () => gevent.joinall([never]),
    () => group.join(),
    () => group.apply(sleep, 10_000),
    () => group.map(sleep, [10_000]),
    () => withTimeout(5000, sleep, 10_000),
    () => gevent.wait([never]),
    () => never.get(),
  ];
  const lost: unknown[] = [];
  new Future<void>().getLoop().setExceptionHandler((_, { exception }) => void lost.push(exception));
  for (const [i, wait] of waits.entries()) {
    await assertRejects(async () => {
      using _limit = Timeout.startNew(10);
      await wait();
    }, Timeout);
    assertEquals(clock.now(), 10 * (i + 1));
  }
  await gevent.killall([never, ...group]);
  reportUnretrieved();
  assertEquals(lost, []);
  new Future<void>().getLoop().setExceptionHandler(null);
});

Deno.test("Timeout in a generator greenlet throws itself at the yield*", async () => {
  using clock = new VirtualClock();
  const greenlet = spawn(function* () {
    using limit = new Timeout(10).start();
    try {
      yield* new gevent.queue.Queue<number>().get();
    } catch (error) {
      return [error === limit, clock.now()];
    }
  });
  assertEquals(await greenlet.get(), [true, 10]);
});

Deno.test("Timeout that nobody catches makes the greenlet fail with it", async () => {
  using _clock = new VirtualClock();
  const greenlet = spawn(async () => {
    using _limit = Timeout.startNew(10);
    await sleep(1000);
  });
  await greenlet.join();
  assertEquals([greenlet.successful(), greenlet.exception instanceof Timeout], [false, true]);
});

Deno.test("Timeout throws an error of one's own, or one of a class, in its place", async () => {
  using _clock = new VirtualClock();
  for (const instead of [RangeError, new RangeError("mine")]) {
    await assertRejects(async () => {
      using _limit = Timeout.startNew(10, instead);
      await sleep(1000);
    }, RangeError);
    await assertRejects(async () => await new Timeout(10, instead).run(sleep, 1000), RangeError);
  }
});

Deno.test("Timeout.run() bounds a call; silent, it returns undefined", async () => {
  using clock = new VirtualClock();
  assertEquals(await new Timeout(10).run(() => 1), 1);
  assertEquals(await new Timeout(10, false).run(() => sleep(1000)), undefined);
  const limit = new Timeout(10);
  assertStrictEquals(await assertRejects(async () => await limit.run(sleep, 1000)), limit);
  assertEquals(clock.now(), 20);
  const inner = await assertRejects(
    async () =>
      await new Timeout(1000, false).run(function* () {
        yield* new Timeout(10).run(sleep, 50);
      }),
    Timeout,
  );
  assertEquals((inner as gevent.Timeout).delay, 10);
});

Deno.test("Timeout.run() lets what runs clean up, and returns what it makes of the time", async () => {
  using clock = new VirtualClock();
  const answer = await new Timeout(10).run(async () => {
    try {
      await sleep(1000);
    } catch (error) {
      await sleep(5);
      return (error as Error).name;
    }
  });
  assertEquals([answer, clock.now()], ["Timeout", 15]);
});

Deno.test("Timeout.run() is ended when its greenlet is killed", async () => {
  using _clock = new VirtualClock();
  const log: string[] = [];
  const greenlet = spawn(() =>
    new Timeout(1000).run(async () => {
      try {
        await sleep(500);
      } finally {
        log.push("ended");
      }
    })
  );
  await sleep(1);
  await greenlet.kill();
  assertEquals(log, ["ended"]);
});

Deno.test("withTimeout() gives the value, the timeoutValue, or throws", async () => {
  using _clock = new VirtualClock();
  const add = async (a: number, b: number): Promise<number> => {
    await sleep(a);
    return a + b;
  };
  assertEquals(await withTimeout(100, add, 10, 5), 15);
  assertEquals(await withTimeout(5, add, 10, 5, { timeoutValue: "late" }), "late");
  assertEquals(await withTimeout(null, add, 10, 5), 15);
  await assertRejects(async () => await withTimeout(5, add, 10, 5), Timeout);
  assertEquals(
    await spawn(function* () {
      return yield* withTimeout(5, add, 10, 5, { timeoutValue: null });
    }).get(),
    null,
  );
  assertThrows(() => withTimeout(5, 5 as never), TypeError, "Cannot run 5");
});

Deno.test("withTimeout() of the main program side by side do not touch each other", async () => {
  using clock = new VirtualClock();
  const [short, long] = await Promise.all([
    withTimeout(10, sleep, 1000, { timeoutValue: "short" }),
    withTimeout(50, sleep, 1000, { timeoutValue: "long" }),
  ]);
  assertEquals([short, long, clock.now()], ["short", "long", 50]);
});

Deno.test("Timeout can be started again; null never comes; below 0 it comes at once", async () => {
  using clock = new VirtualClock();
  const limit = new Timeout(10);
  limit.start();
  limit.close();
  limit.start();
  await assertRejects(async () => await sleep(20), Timeout);
  const never = Timeout.startNew(null);
  assertEquals(never.pending, false);
  await sleep(20);
  assertEquals(clock.now(), 30);
  Timeout.startNew(-1);
  await assertRejects(async () => await sleep(20), Timeout);
  assertEquals(clock.now(), 30);
  assertThrows(() => new Timeout(NaN), RangeError, "delay NaN");
});
