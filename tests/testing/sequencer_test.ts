import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InvalidStateError, Sequencer } from "../../src/testing/mod.ts";

Deno.test("Sequencer lets blocks run in the order of their positions", async () => {
  const sequencer = new Sequencer();
  const log: number[] = [];
  const block = async (position: number): Promise<void> => {
    using _ = await sequencer.at(position);
    log.push(position);
    await null;
    log.push(position);
  };
  await Promise.all([block(2), block(0), block(3), block(1)]);
  assertEquals(log, [0, 0, 1, 1, 2, 2, 3, 3]);
});

Deno.test("Sequencer.statistics() tells the waiters", () => {
  const sequencer = new Sequencer();
  const [two, one] = [sequencer.at(2), sequencer.at(1)];
  assertEquals(sequencer.statistics(), { next: 0, waitingAt: [1, 2], broken: false });
  sequencer.at(0).result()[Symbol.dispose]();
  assertEquals([one.done(), two.done()], [true, false]);
});

Deno.test("Sequencer is broken for all when a waiter gives up", async () => {
  const sequencer = new Sequencer();
  const [one, two] = [sequencer.at(1), sequencer.at(2)];
  one.cancel();
  await assertRejects(async () => await two, InvalidStateError, "broken");
  assertThrows(() => sequencer.at(3), InvalidStateError, "broken");
  assertEquals(sequencer.statistics().broken, true);
});

Deno.test("Sequencer refuses a position twice, and what is none", () => {
  const sequencer = new Sequencer();
  void sequencer.at(0);
  assertThrows(() => sequencer.at(0), InvalidStateError, "it was taken before");
  assertThrows(() => sequencer.at(-1), RangeError, "position -1");
  assertThrows(() => sequencer.at(0.5), RangeError);
});
