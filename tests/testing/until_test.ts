import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { setTimer } from "../../src/core/clock.ts";
import { settled, TimeoutError, until, VirtualClock } from "../../src/testing/mod.ts";

Deno.test("until() gives what the predicate gives once it is truthy", async () => {
  let calls = 0;
  assertEquals(await until(() => ++calls >= 3 && `after ${calls}`), "after 3");
  assertEquals(await until(() => Promise.resolve("at once")), "at once");
});

Deno.test("until() goes on past its eager turns", async () => {
  let calls = 0;
  await until(() => ++calls > 310);
  assertEquals(calls, 311);
});

Deno.test("until() lets virtual time jump meanwhile", async () => {
  using clock = new VirtualClock();
  let rung = false;
  setTimer(() => rung = true, 60_000);
  await until(() => rung);
  assertEquals(clock.now(), 60_000);
});

Deno.test("until() fails in real time, under a virtual clock too, and says what did not come", async () => {
  using _clock = new VirtualClock();
  await assertRejects(
    () => until(() => false, { timeout: 5, what: "the bell to ring" }),
    TimeoutError,
    "Not true within 5 ms: the bell to ring",
  );
  await assertRejects(() => until(() => 1 > 2, { timeout: 0 }), TimeoutError, "1 > 2");
});

Deno.test("until() ends with its signal's reason and with the predicate's error", async () => {
  const signal = AbortSignal.abort(new RangeError("enough"));
  await assertRejects(() => until(() => false, { signal }), RangeError, "enough");
  await assertRejects(
    () =>
      until(() => {
        throw new RangeError("predicate broke");
      }),
    RangeError,
    "predicate broke",
  );
  await assertRejects(() => until(() => true, { timeout: NaN }), RangeError, "timeout NaN");
  assertEquals(await until(() => true, { timeout: -1 }), true);
  await assertRejects(() => until(() => false, { timeout: -1 }), TimeoutError);
});

Deno.test("settled() resolves after promise chains have drained", async () => {
  let steps = 0;
  void (async () => {
    for (; steps < 1000; steps++) await null;
  })();
  await settled();
  assertEquals(steps, 1000);
});
