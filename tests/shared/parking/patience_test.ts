import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { Patience } from "../../../src/shared/parking/patience.ts";

/** Sleeps through waits of `ms` until a look may pay; returns how many it took, or `most`. */
function sleepUntilAlert(patience: Patience, ms: number, most = 10_000): number {
  for (let i = 0; i < most; i++) {
    if (patience.look > 0) return i;
    patience.slept(ms);
  }
  return most;
}

/** Looks in vain, and sleeps then, until it gives up; returns how often. */
function missUntilDrowsy(patience: Patience): number {
  let looks = 0;
  for (; patience.look > 0; looks++) {
    patience.missed(patience.look);
    if (patience.look > 0) patience.slept(0.2);
  }
  return looks;
}

Deno.test("nothing is looked at before some waits were quick, nor where they are long", () => {
  assertEquals(sleepUntilAlert(new Patience(), 0.04), 16);
  for (const ms of [0.3, 1, 20]) assertEquals(sleepUntilAlert(new Patience(), ms), 10_000);
  const mixed = new Patience(); // every third wait is long
  for (let i = 0; i < 10_000; i++) {
    mixed.slept(i % 3 === 0 ? 1 : 0.04);
    assertEquals(mixed.look, 0);
  }
});

Deno.test("looks that find nothing end soon, and need more and more quick waits, up to a bound", () => {
  const patience = new Patience();
  const needed: number[] = [];
  for (let i = 0; i < 10; i++) {
    needed.push(sleepUntilAlert(patience, 0.04));
    const looks = missUntilDrowsy(patience);
    assert(looks <= 4, `${looks} looks in vain`);
  }
  assertEquals(needed, [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 4096]);
});

Deno.test("looks that find something go on, for a small multiple of what that takes", () => {
  const patience = new Patience();
  sleepUntilAlert(patience, 0.04);
  const first = patience.look;
  for (let i = 0; i < 1000; i++) patience.found(0.004);
  assert(patience.look > 0.004 && patience.look < first / 2, `${patience.look} after ${first}`);
  patience.missed(patience.look);
  patience.slept(0.1);
  assert(patience.look > 0, "one miss among many does not matter");
});

Deno.test("no look is longer than its waiter allows", () => {
  const patience = new Patience(0.05);
  assertEquals(sleepUntilAlert(patience, 0.1), 16);
  assertEquals(patience.look, 0.05);
  for (let i = 0; i < 3; i++) patience.found(0.08);
  assertEquals(patience.look, 0.05);
});

Deno.test("after a time in which looks paid fewer quick waits are needed, even if it ended at once", () => {
  const patience = new Patience();
  for (let i = 0; i < 3; i++) {
    sleepUntilAlert(patience, 0.04);
    missUntilDrowsy(patience);
  }
  for (const needed of [128, 64, 32, 16, 16]) {
    assertEquals(sleepUntilAlert(patience, 0.04), needed);
    for (let i = 0; i < 1000; i++) patience.found(0.004);
    patience.found(4); // this thread stood still meanwhile
    assertEquals(patience.look, 0);
  }
});

Deno.test("looks are given up where waits take as long as when they are slept through", () => {
  const patience = new Patience();
  for (const needed of [16, 32, 64]) {
    assertEquals(sleepUntilAlert(patience, 0.02), needed);
    let looks = 0;
    for (; patience.look > 0 && looks < 1000; looks++) patience.found(0.05);
    assert(looks < 100, `${looks} looks`);
  }
  for (const needed of [128, 256]) { // most are found at once, but now and then this thread stands still
    assertEquals(sleepUntilAlert(patience, 0.02), needed);
    for (let i = 0; patience.look > 0; i++) patience.found(i % 50 === 49 ? 4 : 0.004);
  }
});

Deno.test("a time in which nothing was to be done is no slow wait", () => {
  const patience = new Patience();
  sleepUntilAlert(patience, 0.04);
  for (let i = 0; i < 100; i++) {
    for (let j = 0; j < 20; j++) patience.found(0.004);
    patience.missed(0.03);
    patience.slept(5000);
    assert(patience.look > 0);
  }
});

Deno.test("a look that missed counts once, in what its wait takes more than one that is slept through", () => {
  const patience = new Patience();
  sleepUntilAlert(patience, 0.04);
  for (let i = 0; i < 1000; i++) { // each takes as long as before, its look included
    patience.missed(0.03);
    patience.slept(0.04);
    assert(patience.look > 0, `given up after ${i} waits that were not slower`);
  }
  let slower = 0;
  for (; patience.look > 0; slower++) {
    patience.missed(0.03);
    patience.slept(0.04 + 0.1);
  }
  assert(slower > 3 && slower < 12, `given up after ${slower} waits that took 0.1 ms more each`);
});
