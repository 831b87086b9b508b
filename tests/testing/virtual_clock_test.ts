import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { installClock, now, realClock, setTimer } from "../../src/core/clock.ts";
import { addReadinessProbe } from "../../src/core/readiness.ts";
import { InvalidStateError, settled, VirtualClock } from "../../src/testing/mod.ts";

function sleep(delay: number): Promise<void> {
  return new Promise((resolve) => setTimer(resolve, delay));
}

Deno.test("VirtualClock jumps over an hour at once", async () => {
  const begin = realClock.now();
  using clock = new VirtualClock();
  await sleep(3_600_000);
  assertEquals([clock.now(), now()], [3_600_000, 3_600_000]);
  assert(realClock.now() - begin < 1000);
});

Deno.test("VirtualClock fires timers in the order of their time, then of their making", async () => {
  using clock = new VirtualClock();
  const log: string[] = [];
  const note = async (name: string, delay: number): Promise<void> => {
    await sleep(delay);
    log.push(`${name} at ${clock.now()}`);
  };
  await Promise.all([note("c", 30), note("a", 10), note("b", 20), note("a2", 10)]);
  assertEquals(log, ["a at 10", "a2 at 10", "b at 20", "c at 30"]);
});

Deno.test("VirtualClock lets promise chains drain before it jumps, however long", async () => {
  using clock = new VirtualClock();
  const late = sleep(1).then(() => "late");
  const chain = (async () => {
    for (let i = 0; i < 10_000; i++) await null;
    return "chain";
  })();
  assertEquals(await Promise.race([late, chain]), "chain");
  assertEquals(clock.now(), 0);
  await late;
});

Deno.test("VirtualClock finishes what a timer sets off before the next timer of the same time", async () => {
  using _clock = new VirtualClock();
  const log: string[] = [];
  const second = setTimer(() => log.push("second"), 10);
  const first = sleep(5).then(() => sleep(5));
  setTimer(() => {}, 10);
  await sleep(5);
  // set at 5 for 10, so after `second` in order; it must be able to see what that did
  await first;
  assertEquals(log, ["second"]);
  second.cancel();
  const third = setTimer(() => log.push("third"), 10);
  setTimer(() => void Promise.resolve().then(() => third.cancel()), 9);
  await sleep(20);
  assertEquals(log, ["second"]);
});

Deno.test("VirtualClock waits while an event loop has something ready", async () => {
  using clock = new VirtualClock();
  let turns = 50;
  const remove = addReadinessProbe(() => turns-- > 0);
  await sleep(1);
  remove();
  assert(turns <= 0);
  assertEquals(clock.now(), 1);
});

Deno.test("VirtualClock without autoJump moves only by advance()", async () => {
  using clock = new VirtualClock({ autoJump: false, start: 1000 });
  const log: number[] = [];
  const beat = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await sleep(10);
      log.push(clock.now());
    }
  };
  const beating = beat();
  await settled();
  assertEquals(log, []);
  await clock.advance(25);
  assertEquals([log, clock.now()], [[1010, 1020], 1025]);
  await clock.advance(5);
  await beating;
  assertEquals(log, [1010, 1020, 1030]);
  await assertRejects(() => clock.advance(-1), RangeError, "duration -1");
});

Deno.test("VirtualClock stands still while it is held", async () => {
  using clock = new VirtualClock();
  let rung = false;
  const bell = sleep(1).then(() => rung = true);
  {
    using _still = clock.hold();
    assertEquals(clock.statistics(), { now: 0, timers: 1, fired: 0, holds: 1 });
    await Deno.stat(".");
    await settled();
    assertEquals(rung, false);
  }
  await bell;
  assertEquals(clock.statistics(), { now: 1, timers: 0, fired: 1, holds: 0 });
});

Deno.test("VirtualClock with patience lets real work come first", async () => {
  using clock = new VirtualClock({ patience: 50 });
  const read = Deno.readTextFile(new URL(import.meta.url)).then(() => "read");
  assertEquals(await Promise.race([sleep(10).then(() => "slept"), read]), "read");
  assertEquals(clock.now(), 0);
  await sleep(1);
});

Deno.test("VirtualClock forgets a cancelled timer, and time does not jump for it", async () => {
  using clock = new VirtualClock();
  setTimer(() => {}, 500).cancel();
  await sleep(1);
  assertEquals(clock.now(), 1);
});

Deno.test("VirtualClock disposed puts the former clock back, in the right order only", () => {
  const outer = new VirtualClock();
  const inner = new VirtualClock({ start: 7 });
  assertEquals(now(), 7);
  assertThrows(() => outer[Symbol.dispose](), InvalidStateError, "another one");
  inner[Symbol.dispose]();
  assertEquals(now(), 0);
  outer[Symbol.dispose]();
  outer[Symbol.dispose]();
  assertEquals(installClock(realClock), realClock);
});

Deno.test("VirtualClock refuses times that are none", () => {
  assertThrows(() => new VirtualClock({ start: -1 }), RangeError, "start -1");
  assertThrows(() => new VirtualClock({ patience: NaN }), RangeError, "patience NaN");
});
