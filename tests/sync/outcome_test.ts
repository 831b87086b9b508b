import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { OutcomeState } from "../../src/sync/outcome.ts";
import { PlainWaiter } from "../support/plain_waiter.ts";

const granter = { expired: () => null };

function waiters(state: OutcomeState<number>) {
  const taker = new PlainWaiter<number>({ expired: () => -1 }, undefined);
  const watcher = new PlainWaiter<number | null>(granter, undefined);
  state.enqueueTaker(taker);
  state.enqueueWatcher(watcher);
  return { taker, watcher };
}

Deno.test("OutcomeState: a value is granted to all waiters, and set anew it is for those who come", () => {
  const state = new OutcomeState<number>();
  const { taker, watcher } = waiters(state);
  assertEquals([state.outcome, state.takers, state.waiting], [null, 1, 2]);
  state.set(1);
  state.set(2);
  assertEquals([taker.turn(), watcher.turn()], [["granted", 1], ["granted", 1]]);
  assertEquals([state.outcome, state.waiting], [{ failed: false, value: 2 }, 0]);
});

Deno.test("OutcomeState: an error fails the takers, watchers get null, and a value may replace it", () => {
  const state = new OutcomeState<number>();
  const { taker, watcher } = waiters(state);
  const error = new RangeError("failed");
  state.fail(error);
  assertEquals([taker.turn(), watcher.turn()], [["failed", error], ["granted", null]]);
  assertEquals(state.outcome, { failed: true, error });
  state.set(3);
  assertEquals(state.outcome, { failed: false, value: 3 });
});

Deno.test("OutcomeState: waiters leave in each way, also between the grant and their turn", () => {
  for (const leave of ["withdraw", "expire", "abandon"] as const) {
    const state = new OutcomeState<number>();
    const { taker, watcher } = waiters(state);
    taker[leave]("reason");
    watcher[leave]("reason");
    assertEquals(state.waiting, 0, leave);
    const late = waiters(state);
    state.set(1);
    assertEquals(late.taker.withdraw("late"), true);
    assertEquals(late.taker.turn()[0], "withdrawn");
    assertEquals(late.watcher.turn(), ["granted", 1]);
  }
});
