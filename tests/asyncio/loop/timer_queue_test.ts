/** The timers of a loop alone: in which order they are due, which count, and when the platform's timer is set. */
import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { TimerHandle } from "../../../src/asyncio/loop/handles.ts";
import { TimerQueue } from "../../../src/asyncio/loop/timer_queue.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";

const reporter = { callExceptionHandler: () => {} };

/** A queue under a clock that stands still, and a way to add to it. */
function make(clock: VirtualClock) {
  let rung = 0;
  const queue = new TimerQueue(() => void rung++);
  const start = clock.now();
  const add = (delay: number): TimerHandle => {
    const handle = new TimerHandle(reporter, () => {}, [delay], start + delay);
    queue.add(handle);
    return handle;
  };
  return { queue, add, rung: () => rung };
}

Deno.test("TimerQueue gives what is due by its time, then by the order of asking", async () => {
  using clock = new VirtualClock({ autoJump: false });
  const { queue, add } = make(clock);
  const [late, first, second, soon] = [add(30), add(10), add(10), add(5)];
  await clock.advance(10);
  assertEquals([...queue.due()], [soon, first, second]);
  await clock.advance(20);
  assertEquals([...queue.due()], [late]);
  assertEquals([...queue.due()], []);
});

Deno.test("TimerQueue counts those to come, and none that was cancelled, rang or never will", async () => {
  using clock = new VirtualClock({ autoJump: false });
  const { queue, add } = make(clock);
  const [a, b] = [add(1), add(2)];
  add(3);
  const never = add(Infinity);
  assertEquals(queue.size, 3);
  b.cancel();
  b.cancel();
  never.cancel();
  assertEquals(queue.size, 2);
  await clock.advance(1);
  assertEquals([...queue.due()], [a]);
  a.cancel();
  assertEquals(queue.size, 1);
  queue.clear();
  assertEquals(queue.size, 0);
});

Deno.test("TimerQueue sets the platform's timer only between passes, for the first that is due", async () => {
  using clock = new VirtualClock({ autoJump: false });
  const { queue, add, rung } = make(clock);
  add(5);
  await clock.advance(6);
  assertEquals(rung(), 0, "the loop does not run");
  queue.resume();
  await clock.advance(1);
  assertEquals(rung(), 1);
  queue.pause();
  assertEquals([...queue.due()].length, 1);
  const soon = add(20), later = add(30);
  queue.resume();
  soon.cancel();
  await clock.advance(15);
  assertEquals(rung(), 1, "the one at 20 was cancelled");
  await clock.advance(10);
  assertEquals(rung(), 2);
  queue.disarm();
  later.cancel();
  add(40);
  await clock.advance(100);
  assertEquals(rung(), 2, "the loop does not run any more");
});
