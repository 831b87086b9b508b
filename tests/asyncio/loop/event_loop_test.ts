/** The loop. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";
import { virtually } from "../../support/virtual_run.ts";

Deno.test(
  "callSoon() runs in the next pass, first in first out; what a pass adds waits for the next",
  virtually(async () => {
    const loop = aio.getRunningLoop();
    const seen: string[] = [];
    loop.callSoon(() => {
      seen.push("a");
      loop.callSoon(() => seen.push("d"));
    });
    loop.callSoon((x: string) => seen.push(x), "b");
    loop.callSoon(() => seen.push("c"));
    await aio.sleep(0);
    assertEquals(seen, ["a", "b", "c"]);
    await aio.sleep(0);
    assertEquals(seen, ["a", "b", "c", "d"]);
  }),
);

Deno.test(
  "a wake-up keeps its place between callbacks",
  virtually(async () => {
    const loop = aio.getRunningLoop();
    const seen: string[] = [];
    const event = new aio.Event();
    const waiters = [
      aio.createTask(async () => {
        await event.wait();
        seen.push("async");
      }),
      aio.createTask(function* () {
        yield* event.wait();
        seen.push("generator");
      }),
    ];
    await aio.sleep(0);
    loop.callSoon(() => seen.push("before"));
    event.set();
    loop.callSoon(() => seen.push("after"));
    await aio.gather(...waiters);
    assertEquals(seen[0], "before");
    assertEquals(seen.toSorted(), ["after", "async", "before", "generator"]);
  }),
);

Deno.test(
  "Handle.cancel() keeps the call from being made (271)",
  virtually(async () => {
    const loop = aio.getRunningLoop();
    let called = false;
    const handle = loop.callSoon(() => called = true);
    handle.cancel();
    handle.cancel();
    assert(handle.cancelled());
    await aio.sleep(0);
    assert(!called);
  }),
);

Deno.test(
  "a callback that throws is reported, the loop goes on (272, 273)",
  virtually(async () => {
    const loop = aio.getRunningLoop();
    const contexts: aio.ExceptionContext[] = [];
    loop.setExceptionHandler((_loop, context) => contexts.push(context));
    const error = new Error("callback");
    let next = false;
    const handle = loop.callSoon(() => {
      throw error;
    });
    loop.callSoon(() => next = true);
    await aio.sleep(0);
    assert(next);
    assertEquals(contexts.length, 1);
    assertStrictEquals(contexts[0]!.exception, error);
    assertStrictEquals(contexts[0]!.handle, handle);
    assertThrows(() => loop.setExceptionHandler(3 as never), TypeError);
    loop.setExceptionHandler(null);
    assertEquals(loop.getExceptionHandler(), null);
  }),
);

Deno.test(
  "callLater() goes by time, not by the order of asking (274)",
  virtually(async () => {
    const loop = aio.getRunningLoop();
    const seen: number[] = [];
    loop.callLater(30, () => seen.push(1));
    loop.callLater(10, () => seen.push(2));
    loop.callLater(20, () => seen.push(3));
    loop.callLater(10, () => seen.push(4));
    await aio.sleep(40);
    assertEquals(seen, [2, 4, 3, 1]);
  }),
);

Deno.test(
  "TimerHandle tells when; callAt() is callLater() at a moment (276, 277)",
  virtually(async () => {
    const loop = aio.getRunningLoop();
    let called = 0;
    const handle = loop.callLater(10, () => called++);
    assertEquals(handle.when(), loop.time() + 10);
    const at = loop.callAt(loop.time() + 5, () => called++);
    at.cancel();
    await aio.sleep(20);
    assertEquals(called, 1);
    assertThrows(() => loop.callLater(null as never, () => {}), TypeError, "delay");
    assertThrows(() => loop.callAt(null as never, () => {}), TypeError, "when");
  }),
);

Deno.test(
  "callRepeatedly() keeps to its grid until it is cancelled",
  virtually(async () => {
    const loop = aio.getRunningLoop();
    const start = loop.time();
    const times: number[] = [];
    const handle = loop.callRepeatedly(10, () => {
      times.push(loop.time() - start);
      if (times.length === 3) handle.cancel();
    });
    await aio.sleep(100);
    assertEquals(times, [10, 20, 30]);
    assert(handle.cancelled());
  }),
);

Deno.test("runUntilComplete() returns the result or throws the error; the loop can run again (279)", async () => {
  const loop = aio.newEventLoop();
  assertEquals(await loop.runUntilComplete(async () => await aio.sleep(0, 1)), 1);
  await assertRejects(
    () =>
      loop.runUntilComplete(() => {
        throw new RangeError("no");
      }),
    RangeError,
  );
  assertEquals(
    await loop.runUntilComplete(function* () {
      return yield* aio.sleep(0, 2);
    }),
    2,
  );
  assert(!loop.isRunning && !loop.isClosed);
  loop.close();
});

Deno.test("a loop that is not run does nothing", async () => {
  const loop = aio.newEventLoop();
  let called = false;
  loop.callSoon(() => called = true);
  await aio.sleep(1);
  assert(!called);
  await loop.runUntilComplete(() => {});
  assert(called);
  loop.close();
});

Deno.test("a running loop cannot be run, nor another one inside of it (281)", async () => {
  const loop = aio.newEventLoop();
  await loop.runUntilComplete(async () => {
    await assertRejects(
      () => loop.runForever(),
      aio.InvalidStateError,
      "Cannot run the loop: it is running already",
    );
    const other = aio.newEventLoop();
    await assertRejects(
      () => other.runForever(),
      aio.InvalidStateError,
      "Cannot run the event loop: another one is running; await the work there",
    );
    other.close();
    await assertRejects(
      () => aio.run(() => {}),
      aio.InvalidStateError,
      "an event loop is running here",
    );
  });
  loop.close();
});

Deno.test("stop() before the end of the main future is an error (282)", async () => {
  const loop = aio.newEventLoop();
  loop.callSoon(() => loop.stop());
  const never = loop.createFuture();
  await assertRejects(
    () => loop.runUntilComplete(never),
    aio.InvalidStateError,
    "Cannot end run(): the event loop was stopped",
  );
  loop.close();
});

Deno.test("stop() before runForever() gives exactly one pass (283)", async () => {
  const loop = aio.newEventLoop();
  const seen: string[] = [];
  loop.callSoon(() => {
    seen.push("in line");
    loop.callSoon(() => seen.push("added"));
  });
  loop.stop();
  await loop.runForever();
  assertEquals(seen, ["in line"]);
  loop.close();
});

Deno.test("close(): twice is fine, running is not, and afterwards nothing is taken (284)", async () => {
  const loop = aio.newEventLoop();
  await loop.runUntilComplete(() => {
    assertThrows(
      () => loop.close(),
      aio.InvalidStateError,
      "Cannot close the loop: it is running",
    );
  });
  loop.close();
  loop.close();
  assert(loop.isClosed);
  assertThrows(
    () => loop.callSoon(() => {}),
    aio.InvalidStateError,
    "Cannot use the event loop: it is closed",
  );
  assertThrows(() => loop.callLater(1, () => {}), aio.InvalidStateError, "closed");
  assertThrows(() => loop.createTask(() => {}), aio.InvalidStateError, "closed");
  await assertRejects(() => loop.runForever(), aio.InvalidStateError, "closed");
});

Deno.test("getEventLoop() is made on first use, and anew after it was closed", async () => {
  const loop = aio.getEventLoop();
  assertStrictEquals(aio.getEventLoop(), loop);
  assertEquals(await loop.runUntilComplete(aio.gather(aio.sleep(0, 1), aio.sleep(0, 2))), [1, 2]);
  loop.close();
  assert(aio.getEventLoop() !== loop);
  const mine = aio.newEventLoop();
  aio.setEventLoop(mine);
  assertStrictEquals(aio.getEventLoop(), mine);
  await mine.runUntilComplete(() => assertStrictEquals(aio.getRunningLoop(), mine));
  aio.setEventLoop(null);
  mine.close();
});

Deno.test("getRunningLoop() outside of a loop is an error", () => {
  assertThrows(
    () => aio.getRunningLoop(),
    aio.InvalidStateError,
    "Cannot find a running event loop",
  );
});

Deno.test("two runs side by side have a loop each", async () => {
  const [one, two] = await Promise.all([
    aio.run(async () => {
      await aio.sleep(1);
      return aio.getRunningLoop();
    }),
    aio.run(async () => {
      await aio.sleep(1);
      return aio.getRunningLoop();
    }),
  ]);
  assert(one !== two);
});

Deno.test("debug: slow steps are warned of, coroutines as callbacks refused (294, 296)", async () => {
  const warnings: string[] = [];
  const warn = console.warn;
  console.warn = (message: string) => warnings.push(message);
  try {
    await aio.run(async () => {
      const loop = aio.getRunningLoop();
      assert(loop.debug);
      loop.slowCallbackDuration = 5;
      aio.createTask(() => {
        const end = performance.now() + 8;
        while (performance.now() < end);
      }, { name: "greedy" });
      await aio.sleep(0);
      assertThrows(() => loop.callSoon(async () => {}), TypeError, "coroutine");
      assertThrows(() => loop.callSoon(3 as never), TypeError, "a function is expected");
    }, { debug: true });
  } finally {
    console.warn = warn;
  }
  assertEquals(warnings.filter((line) => line.includes("greedy")).length, 1);
});

Deno.test("signal handlers run as callbacks of the loop, and are taken back (291)", async () => {
  if (Deno.build.os === "windows") return;
  await aio.run(async () => {
    const loop = aio.getRunningLoop();
    const arrived = new aio.Event();
    loop.addSignalHandler("SIGUSR1", () => arrived.set());
    Deno.kill(Deno.pid, "SIGUSR1");
    assert(await arrived.wait({ timeout: 60_000 }));
    assert(loop.removeSignalHandler("SIGUSR1"));
    assert(!loop.removeSignalHandler("SIGUSR1"));
    assertThrows(() => loop.addSignalHandler("SIGKILL", () => {}), RangeError);
  });
});

Deno.test("VirtualClock carries a loop over an hour at once", async () => {
  using clock = new VirtualClock();
  const before = clock.now();
  await aio.run(() => aio.sleep(3_600_000));
  assertEquals(clock.now() - before, 3_600_000);
});

Deno.test("many cancelled timers are swept", async () => {
  using _clock = new VirtualClock();
  await aio.run(async () => {
    const sleeps = Array.from({ length: 1000 }, () => aio.createTask(() => aio.sleep(1e6)));
    await aio.sleep(0);
    for (const task of sleeps) task.cancel();
    await aio.wait(sleeps);
    assert(sleeps.every((task) => task.cancelled()));
  });
});

Deno.test("setTaskFactory() makes the tasks; the eager one begins them at once (289)", async () => {
  await aio.run(async () => {
    const loop = aio.getRunningLoop();
    const names: (string | undefined)[] = [];
    loop.setTaskFactory((on, work, options) => {
      names.push(options.name);
      return new aio.Task(on, work, options);
    });
    await aio.createTask(() => 1, { name: "made" });
    assertEquals(names, ["made"]);
    loop.setTaskFactory(aio.eagerTaskFactory);
    assert(aio.createTask(() => 1).done());
    assertThrows(() => loop.setTaskFactory(3 as never), TypeError);
    loop.setTaskFactory(null);
    assertEquals(loop.getTaskFactory(), null);
    assert(!aio.createTask(() => 1).done());
    await aio.sleep(0);
  });
});
