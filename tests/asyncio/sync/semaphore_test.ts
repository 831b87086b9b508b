/** Semaphores. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { semaphoreSuite } from "../../suites/semaphore_suite.ts";
import { bodies } from "../../suites/coroutine_bodies.ts";
import { virtually } from "../../support/virtual_run.ts";

semaphoreSuite("asyncio.Semaphore", (value) => new aio.Semaphore(value), { fair: true });
semaphoreSuite(
  "asyncio.BoundedSemaphore",
  (value) => new aio.BoundedSemaphore(value),
  { fair: true, bounded: true },
);

Deno.test("Semaphore: refuses less than no permits; locked() tells whether one would wait (248)", async () => {
  assertThrows(() => new aio.Semaphore(-1), RangeError, "initial value must be");
  const semaphore = new aio.Semaphore(1);
  assert(!semaphore.locked());
  assert(await semaphore.acquire());
  assert(semaphore.locked());
  semaphore.release();
  semaphore.release();
  assertEquals(semaphore.value, 2);
  assertThrows(() => semaphore.release(0), RangeError);
});

Deno.test("BoundedSemaphore: too many releases are refused (249)", async () => {
  const semaphore = new aio.BoundedSemaphore(2);
  assertThrows(() => semaphore.release(), RangeError, "released too many times");
  await semaphore.acquire();
  semaphore.release();
  assertEquals(semaphore.value, 2);
});

for (const { name, waits } of bodies) {
  Deno.test(
    `Semaphore: ${name}: cancelled before or after being woken, no permit is lost (251)`,
    virtually(async () => {
      const semaphore = new aio.Semaphore(0);
      const [a, b, c, d] = [1, 2, 3, 4].map(() => aio.createTask(waits(() => semaphore.acquire())));
      await aio.sleep(0);
      await aio.sleep(0);
      a!.cancel();
      semaphore.release();
      b!.cancel();
      await aio.wait([a!, b!, c!]);
      assert(a!.cancelled() && b!.cancelled());
      assert(c!.done() && !c!.cancelled());
      semaphore.release();
      d!.cancel();
      await aio.wait([d!]);
      assertEquals(semaphore.value, 1);
    }),
  );

  Deno.test(
    `Semaphore: ${name}: each release wakes one (252)`,
    virtually(async () => {
      const semaphore = new aio.Semaphore(0);
      const tasks = [1, 2, 3, 4].map(() => aio.createTask(waits(() => semaphore.acquire())));
      await aio.sleep(0);
      await aio.sleep(0);
      semaphore.release();
      semaphore.release(2);
      await aio.sleep(0);
      await aio.sleep(0);
      assertEquals(tasks.map((task) => task.done()), [true, true, true, false]);
      semaphore.release();
      await tasks[3];
    }),
  );
}
