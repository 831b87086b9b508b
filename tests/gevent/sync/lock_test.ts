import "../../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as gevent from "../../../src/gevent/mod.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";

const { lock, sleep, spawn } = gevent;

Deno.test("Semaphore serves first come, first served, with so many at a time", async () => {
  using _clock = new VirtualClock();
  const semaphore = new lock.Semaphore(2);
  const log: number[] = [];
  let inside = 0;
  await gevent.joinall(
    [1, 2, 3, 4, 5].map((n) =>
      spawn(async () => {
        using _permit = await semaphore.acquire();
        assert(++inside <= 2);
        log.push(n);
        await sleep(10);
        inside--;
      })
    ),
    { raiseError: true },
  );
  assertEquals(log, [1, 2, 3, 4, 5]);
  assertEquals(semaphore.statistics(), { value: 2, waiting: 0 });
});

Deno.test("Semaphore.acquire() gives null when the timeout has passed, or at once with block: false", async () => {
  using clock = new VirtualClock();
  const semaphore = new lock.Semaphore(0);
  assertEquals([semaphore.locked(), semaphore.ready()], [true, false]);
  assertEquals(await semaphore.acquire({ timeout: 10 }), null);
  assertEquals(await semaphore.acquire({ block: false }), null);
  assertEquals(semaphore.tryAcquire(), null);
  assertEquals([clock.now(), semaphore.statistics().waiting], [10, 0]);
});

Deno.test("Semaphore loses no permit when a greenlet is killed between being served and running", async () => {
  using _clock = new VirtualClock();
  const semaphore = new lock.Semaphore(0);
  const log: string[] = [];
  const take = async (name: string): Promise<void> => {
    using _permit = await semaphore.acquire();
    log.push(name);
  };
  const first = spawn(take, "first"), second = spawn(take, "second");
  await sleep(1);
  semaphore.release();
  void first.kill();
  await gevent.joinall([first, second]);
  assertEquals([log, semaphore.counter], [["second"], 1]);
});

Deno.test("Semaphore.wait() tells how many are free without taking one", async () => {
  using _clock = new VirtualClock();
  const semaphore = new lock.Semaphore(0);
  assertEquals(await semaphore.wait(10), 0);
  gevent.spawnLater(10, () => semaphore.release());
  assertEquals([await semaphore.wait(), semaphore.counter], [1, 1]);
});

Deno.test("Semaphore may be released more often than acquired, BoundedSemaphore may not", async () => {
  const semaphore = new lock.Semaphore(1);
  semaphore.release();
  assertEquals(semaphore.counter, 2);
  const bounded = new lock.BoundedSemaphore(1);
  assertThrows(() => bounded.release(), RangeError);
  const guard = await bounded.acquire();
  guard[Symbol.dispose]();
  guard[Symbol.dispose]();
  assertEquals(bounded.counter, 1);
  assertThrows(() => new lock.Semaphore(-1), RangeError, "-1 permits");
  const dummy = new lock.DummySemaphore();
  using _a = await dummy.acquire();
  using _b = await dummy.acquire();
  assertEquals(dummy.locked(), false);
});

Deno.test("RLock can be taken again by the greenlet that holds it, and by no other", async () => {
  using _clock = new VirtualClock();
  const rlock = new lock.RLock();
  const log: string[] = [];
  const holder = spawn(async () => {
    using _outer = await rlock.acquire();
    {
      using _inner = await rlock.acquire();
      assertEquals(rlock.statistics().depth, 2);
      await sleep(10);
    }
    log.push("holder still holds it");
    assertEquals(rlock.locked(), true);
    await sleep(10);
  });
  const other = spawn(async () => {
    assertEquals(await rlock.acquire(5), null);
    assertEquals(rlock.tryAcquire(), null);
    using _held = await rlock.acquire();
    log.push("other");
  });
  await sleep(1);
  assertThrows(() => rlock.release(), gevent.NotOwnerError);
  await gevent.joinall([holder, other], { raiseError: true });
  assertEquals([log, rlock.locked()], [["holder still holds it", "other"], false]);
});

Deno.test("RLock passes on when the one it was given to is killed", async () => {
  using _clock = new VirtualClock();
  const rlock = new lock.RLock();
  const guard = rlock.tryAcquire()!;
  const take = async (): Promise<string> => {
    using _held = await rlock.acquire();
    return "had it";
  };
  const first = spawn(take), second = spawn(take);
  await sleep(1);
  guard[Symbol.dispose]();
  void first.kill();
  assertEquals(await second.get(), "had it");
  assertEquals(rlock.statistics(), { depth: 0, waiting: 0 });
});
