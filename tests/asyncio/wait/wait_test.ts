/** wait(), waitFor(), shield(), race(). The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { virtually } from "../../support/virtual_run.ts";

const task = <T>(ms: number, value: T) => aio.createTask(() => aio.sleep(ms, value));
const failing = (ms: number) =>
  aio.createTask(async () => {
    await aio.sleep(ms);
    throw new RangeError("failed");
  });

Deno.test(
  "wait() waits for all, and throws no failure (179)",
  virtually(async () => {
    const tasks = [task(2, 1), failing(1)];
    const { done, pending } = await aio.wait(tasks);
    assertEquals(done, new Set(tasks));
    assertEquals(pending.size, 0);
    assert(tasks[1]!.exception() instanceof RangeError);
  }),
);

Deno.test(
  "wait() for the first, for the first failure; a cancel is no failure (180, 181)",
  virtually(async () => {
    const quick = task(1, "q"), slow = task(20, "s");
    const first = await aio.wait([quick, slow], { returnWhen: "FIRST_COMPLETED" });
    assertEquals([...first.done], [quick]);
    assertEquals([...first.pending], [slow]);
    const bad = failing(5), cancelled = task(1000, "c");
    aio.getRunningLoop().callLater(1, () => cancelled.cancel());
    const failed = await aio.wait([bad, cancelled, slow], { returnWhen: "FIRST_EXCEPTION" });
    assertEquals(failed.done, new Set([bad, cancelled]));
    bad.exception();
    assertEquals((await aio.wait([slow], { returnWhen: "FIRST_EXCEPTION" })).pending.size, 0);
  }),
);

Deno.test(
  "wait() with a timeout returns what is done, and cancels nothing (182)",
  virtually(async () => {
    const slow = task(20, "s");
    const { done, pending } = await aio.wait([slow], { timeout: 5 });
    assertEquals([done.size, pending.size], [0, 1]);
    assertEquals(await slow, "s");
  }),
);

Deno.test(
  "wait() refuses nothing, a single one, coroutines and wrong conditions (183, 184, 186)",
  virtually(async () => {
    assertThrows(
      () => aio.wait([]),
      RangeError,
      "Cannot wait for nothing: give at least one task or future",
    );
    const one = task(1, 1);
    assertThrows(() => aio.wait(one as never), TypeError, "give an iterable of futures");
    assertThrows(() => aio.wait([one], { returnWhen: "NEVER" as never }), RangeError, "returnWhen");
    assertThrows(
      () => aio.wait([(function* () {})() as never]),
      TypeError,
      "wait() takes tasks and futures",
    );
    assertThrows(
      () => aio.wait([(() => {}) as never]),
      TypeError,
      "wait() takes tasks and futures",
    );
    const { done } = await aio.wait([one, one]);
    assertEquals(done.size, 1);
    const promise = Promise.resolve(1);
    assert((await aio.wait(new Set([promise]))).done.has(promise));
  }),
);

Deno.test(
  "wait() for the first gives at once what has ended, and all that end in one pass",
  virtually(async () => {
    const quick = aio.createTask(() => {}), alike = aio.createTask(() => {}), slow = task(20, "s");
    const first = await aio.wait([slow, quick, alike], { returnWhen: "FIRST_COMPLETED" });
    assertEquals([first.done, first.pending], [new Set<unknown>([quick, alike]), new Set([slow])]);
    const again = await aio.wait([slow, quick], { returnWhen: "FIRST_COMPLETED" });
    assertEquals([again.done.size, again.pending.size], [1, 1]);
    const failed = aio.createTask(() => Promise.reject(new RangeError("at once")));
    await aio.wait([failed]);
    const now = await aio.wait([slow, failed], { returnWhen: "FIRST_EXCEPTION" });
    assertEquals([now.done.has(failed), now.pending.has(slow)], [true, true]);
    failed.exception();
  }),
);

Deno.test(
  "wait() takes any iterable, and a timeout that no timer can hold",
  virtually(async () => {
    const tasks = [task(2, 1), task(3, 2)];
    const { done, pending } = await aio.wait(new Set(tasks).values(), { timeout: 2 ** 31 + 5 });
    assertEquals([done, pending.size], [new Set(tasks), 0]);
    const never = new aio.Future<void>();
    const bounded = aio.createTask(() => aio.wait([never], { timeout: 2 ** 31 + 5 }));
    await aio.sleep(2 ** 31);
    assertEquals(bounded.done(), false);
    await aio.sleep(10);
    assertEquals(bounded.done(), true);
  }),
);

Deno.test(
  "wait() is no shield and no owner: cancelling the waiter cancels none of what it waits for",
  virtually(async () => {
    const inner = task(20, "done");
    const outer = aio.createTask(() => aio.wait([inner]));
    await aio.sleep(1);
    outer.cancel();
    await assertRejects(async () => await outer, aio.CancelledError);
    assertEquals(await inner, "done");
  }),
);

Deno.test(
  "waitFor() gives the result, without a bound too, and failures as they are (187)",
  virtually(async () => {
    assertEquals(await aio.waitFor(aio.sleep(1, "r"), 10), "r");
    assertEquals(await aio.waitFor(() => aio.sleep(1, "r"), null), "r");
    await assertRejects(async () => await aio.waitFor(failing(1), 10), RangeError);
  }),
);

Deno.test(
  "waitFor() cancels when the time is over, waits for the clean-up, then throws (188, 191)",
  virtually(async () => {
    let cleaned = false;
    const error = await assertRejects(async () =>
      await aio.waitFor(async () => {
        try {
          await aio.sleep(1000);
        } finally {
          await aio.sleep(5);
          cleaned = true;
        }
      }, 10), aio.TimeoutError);
    assert(cleaned);
    assert(error.cause instanceof aio.CancelledError);
    await assertRejects(async () =>
      await aio.waitFor(async () => {
        try {
          await aio.sleep(1000);
        } catch {
          throw new RangeError("instead");
        }
      }, 1), RangeError);
  }),
);

Deno.test(
  "waitFor() with no time: a done future is given, a coroutine does not begin (189)",
  virtually(async () => {
    const done = new aio.Future<number>();
    done.setResult(1);
    assertEquals(await aio.waitFor(done, 0), 1);
    let begun = false;
    await assertRejects(async () =>
      await aio.waitFor(() => {
        begun = true;
      }, 0), aio.TimeoutError);
    assert(!begun);
    const pending = new aio.Future<void>();
    await assertRejects(async () => await aio.waitFor(pending, -1), aio.TimeoutError);
    assert(pending.cancelled());
  }),
);

Deno.test(
  "waitFor(): cancelling the caller cancels the work, with CancelledError (192)",
  virtually(async () => {
    const inner = task(1000, 1);
    const caller = aio.createTask(async () => {
      await aio.waitFor(inner, 500);
    });
    await aio.sleep(1);
    caller.cancel();
    await assertRejects(async () => await caller, aio.CancelledError);
    assert(inner.cancelled() && caller.cancelled());
  }),
);

Deno.test(
  "waitFor(shield()) leaves the work running (193)",
  virtually(async () => {
    const inner = task(50, "still");
    await assertRejects(async () => await aio.waitFor(aio.shield(inner), 5), aio.TimeoutError);
    assertEquals(await inner, "still");
  }),
);

Deno.test(
  "shield(): a cancelled waiter leaves at once, the work goes on (159, 161, 162)",
  virtually(async () => {
    const inner = task(20, "done");
    const outer = aio.createTask(async () => await aio.shield(inner));
    await aio.sleep(1);
    outer.cancel();
    await assertRejects(async () => await outer, aio.CancelledError);
    assert(!inner.done());
    assertEquals(await inner, "done");
    assertStrictEquals(aio.shield(inner), inner);
    await assertRejects(async () => await aio.shield(failing(1)), RangeError);
    const child = task(5, 1);
    const shielded = aio.shield(aio.gather(child));
    shielded.cancel();
    assertEquals(await child, 1);
  }),
);

Deno.test(
  "gather(shield()): cancelling the gather leaves the shielded work (163)",
  virtually(async () => {
    const inner = task(5, "went on");
    const all = aio.gather(aio.shield(inner));
    await aio.sleep(0);
    all.cancel();
    await assertRejects(async () => await all, aio.CancelledError);
    assertEquals(await inner, "went on");
  }),
);

Deno.test(
  "race() gives the first, and has cancelled the others when it does",
  virtually(async () => {
    let cleaned = false;
    const winner = await aio.race(
      async () => {
        try {
          return await aio.sleep(1000, "slow");
        } finally {
          await aio.sleep(1);
          cleaned = true;
        }
      },
      () => aio.sleep(5, "fast"),
    );
    assertEquals(winner, "fast");
    assert(cleaned);
    await assertRejects(async () => await aio.race(failing(1), task(1000, 1)), RangeError);
    assertThrows(() => aio.race(), RangeError);
  }),
);

Deno.test(
  "sleep() refuses what is no number, gives its value, and takes its timer back (166, 167)",
  virtually(async () => {
    assertThrows(() => aio.sleep(NaN), RangeError, "Cannot sleep for NaN ms");
    assertThrows(() => aio.sleep("1" as never), TypeError);
    assertEquals(await aio.sleep(-5, "v"), "v");
    const sleeping = aio.sleep(1e9);
    sleeping.cancel();
    await assertRejects(async () => await sleeping, aio.CancelledError);
  }),
);
