import "../support/leak_guard.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  type Clock,
  epochTime,
  installClock,
  now,
  realClock,
  setBackgroundTimer,
  setSoon,
  setTimer,
} from "../../src/core/clock.ts";
import { liveThings } from "../../src/core/parts.ts";

const armed = (): number => liveThings().filter((thing) => thing.kind === "timer").length;

Deno.test("setTimer() calls once after its delay, and lists itself as alive until then", async () => {
  const begun = now();
  let calls = 0;
  await new Promise<void>((resolve) => {
    setTimer(() => {
      calls++;
      resolve();
    }, 15);
    assertEquals(armed(), 1);
  });
  assert(now() - begun >= 14, `${now() - begun} ms`);
  assertEquals([calls, armed()], [1, 0]);
});

Deno.test("setTimer(): a cancelled one is not called, also when cancelled twice or afterwards", async () => {
  let calls = 0;
  const timer = setTimer(() => calls++, 0);
  timer.cancel();
  timer.cancel();
  const ran = await new Promise<ReturnType<typeof setTimer>>((resolve) => {
    const other = setTimer(() => resolve(other), 1);
  });
  ran.cancel();
  assertEquals([calls, armed()], [0, 0]);
});

Deno.test("setTimer() bears a delay longer than the platform's timers do", async () => {
  let calls = 0;
  const timer = setTimer(() => calls++, 2 ** 40);
  await new Promise((resolve) => setSoon(() => resolve(null)));
  await new Promise((resolve) => setTimer(() => resolve(null), 2));
  assertEquals(calls, 0);
  timer.cancel();
  assertEquals(armed(), 0);
});

Deno.test("installClock() puts a clock in place and returns the one before", () => {
  const asked: number[] = [];
  const still: Clock = {
    now: () => 7,
    setTimer: (_fn, delay) => {
      asked.push(delay);
      return { cancel: () => {} };
    },
  };
  const before = installClock(still);
  try {
    assertStrictEquals(before, realClock);
    setTimer(() => {}, 5);
    assertEquals([now(), asked], [7, [5]]);
  } finally {
    assertStrictEquals(installClock(before), still);
  }
});

Deno.test("epochTime() agrees with the calendar", () => {
  assert(Math.abs(epochTime() - Date.now()) < 1000);
});

Deno.test("setBackgroundTimer() keeps nothing alive", async () => {
  const module = import.meta.resolve("../../src/core/clock.ts");
  const begun = now();
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { setBackgroundTimer } from "${module}"; setBackgroundTimer(() => console.log("late"), 60_000);`,
    ],
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, ""]);
  assert(now() - begun < 30_000);
  await new Promise<void>((resolve) => {
    const alive = setTimer(() => {}, 10_000);
    setBackgroundTimer(() => {
      alive.cancel();
      resolve();
    }, 1);
  });
});
