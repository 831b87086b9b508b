import "../support/leak_guard.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  addWorkSource,
  checkpoint,
  currentSignal,
  currentWork,
  enter,
  setBaseWork,
  type Work,
} from "../../src/core/current.ts";
import { StoppedError } from "../../src/core/errors.ts";

function work(stopped = false): Work {
  const reason = new StoppedError("enough");
  return {
    signal: stopped ? AbortSignal.abort(reason) : new AbortController().signal,
    checkpoint: () => {
      if (stopped) throw reason;
    },
  };
}

Deno.test("outside of any work the signal never aborts and a checkpoint is passed", () => {
  assertEquals(currentWork(), undefined);
  assertEquals(currentSignal().aborted, false);
  checkpoint();
});

Deno.test("the work that was entered is the current one, before a source's, before the base", () => {
  const [base, flow, entered] = [work(), work(), work(true)];
  let inFlow = false;
  addWorkSource(() => inFlow ? flow : undefined);
  setBaseWork(base);
  try {
    assertStrictEquals(currentWork(), base);
    inFlow = true;
    assertStrictEquals(currentWork(), flow);
    const before = enter(entered);
    assertStrictEquals(currentWork(), entered);
    assertStrictEquals(currentSignal(), entered.signal);
    assertThrows(() => checkpoint(), StoppedError, "enough");
    assertStrictEquals(enter(before), entered);
    assertStrictEquals(currentWork(), flow);
  } finally {
    enter(undefined);
    inFlow = false;
    setBaseWork(undefined);
  }
});
