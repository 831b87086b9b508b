/**
 * 32: two ways to test a coroutine: a test that is asynchronous itself, and a fixture that lends an event loop.
 *
 * Python: examples/python/32_testing_coroutines_fixture.py
 * Run:    deno run examples/listings/32_testing_coroutines_fixture.ts
 * Watch:  as in the course, the file does itself what a test runner would do. Under `deno test` the first way is all
 *         that is needed (`Deno.test(async () => …)` is awaited), and `VirtualClock` of
 *         `@quartet/concurrency/testing` makes the sleep take no time.
 * Errata: pytest-asyncio's fixture `event_loop`, which the slide writes again, is gone since its version 1.0. More in
 *         examples/ERRATA.md.
 */
import { assertEquals } from "@std/assert";
import { type EventLoop, getEventLoop, run, sleep } from "@quartet/concurrency/asyncio";

function* eventLoop(): Generator<EventLoop, void, void> {
  const loop = getEventLoop();
  yield loop;
  loop.close();
}

async function addSlowly(a: number, b: number): Promise<number> {
  await sleep(100);
  return a + b;
}

async function testWithFixture(loop: EventLoop): Promise<void> {
  assertEquals(await loop.runUntilComplete(() => addSlowly(1, 2)), 3);
}

async function testWithMarker(): Promise<void> {
  assertEquals(await addSlowly(1, 2), 3);
}

for (const loop of eventLoop()) await testWithFixture(loop);
console.log("test_with_fixture passed");

await run(testWithMarker);
console.log("test_with_marker passed");
