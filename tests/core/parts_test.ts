import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { setTimer } from "../../src/core/clock.ts";
import { addLiveSource, liveThings } from "../../src/core/parts.ts";

Deno.test("liveThings() lists what each source names, with its kind", () => {
  const alive = ["one", "two"];
  addLiveSource("thing of a test", () => alive);
  const listed = (): string[] =>
    liveThings().filter(({ kind }) => kind === "thing of a test").map(({ name }) => name);
  assertEquals(listed(), ["one", "two"]);
  alive.length = 0;
  assertEquals(listed(), []);
});

Deno.test("liveThings() counts the real timers that are armed", async () => {
  const timers = (): number => liveThings().filter(({ kind }) => kind === "timer").length;
  const before = timers();
  const long = setTimer(() => {}, 60_000);
  const rung = new Promise<void>((resolve) => setTimer(resolve, 1));
  assertEquals(timers(), before + 2);
  long.cancel();
  long.cancel();
  assertEquals(timers(), before + 1);
  await rung;
  assertEquals(timers(), before);
});
