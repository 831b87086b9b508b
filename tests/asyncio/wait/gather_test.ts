/** gather(). The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { virtually } from "../../support/virtual_run.ts";

const fail = (ms: number, error: Error) => async () => {
  await aio.sleep(ms);
  throw error;
};

Deno.test(
  "gather() gives the results in the order of giving, whoever ends first (168, 177)",
  virtually(async () => {
    const begun: string[] = [];
    const work = (name: string, ms: number) => async () => {
      begun.push(name);
      return await aio.sleep(ms, name);
    };
    assertEquals(await aio.gather(work("a", 3), work("b", 1), work("c", 2)), ["a", "b", "c"]);
    assertEquals(begun, ["a", "b", "c"]);
  }),
);

Deno.test(
  "gather() of nothing gives an empty list (169)",
  virtually(async () => assertEquals(await aio.gather(), [])),
);

Deno.test(
  "gather() throws the first failure; the others run on (170)",
  virtually(async () => {
    const other = aio.createTask(() => aio.sleep(10, "went on"));
    await assertRejects(
      async () => await aio.gather(fail(1, new RangeError("first")), other),
      RangeError,
      "first",
    );
    assertEquals(await other, "went on");
  }),
);

Deno.test(
  "gather() with returnExceptions puts failures and cancels into the list (171)",
  virtually(async () => {
    const error = new Error("kept");
    const cancelled = aio.createTask(() => aio.sleep(1000));
    aio.getRunningLoop().callLater(1, () => cancelled.cancel());
    const list: unknown[] = await aio.gather(fail(1, error), () => 2, cancelled, {
      returnExceptions: true,
    });
    assertEquals(list.slice(0, 2), [error, 2]);
    assert(list[2] instanceof aio.CancelledError);
  }),
);

Deno.test(
  "gather(): a child cancelled from outside fails it, without cancelling it or the others (172)",
  virtually(async () => {
    const child = aio.createTask(() => aio.sleep(1000));
    const sibling = aio.createTask(() => aio.sleep(5, "s"));
    const all = aio.gather(child, sibling);
    await aio.sleep(0);
    child.cancel();
    await assertRejects(async () => await all, aio.CancelledError);
    assert(!all.cancelled());
    assert(all.exception() instanceof aio.CancelledError);
    assertEquals(await sibling, "s");
  }),
);

Deno.test(
  "gather(): cancelling it cancels the children and comes back with the first (173)",
  virtually(async () => {
    const slow = aio.createTask(async () => {
      try {
        await aio.sleep(1000);
      } finally {
        await aio.sleep(50);
      }
    });
    const quick = aio.createTask(() => aio.sleep(1000));
    const waiter = aio.createTask(async () => {
      await aio.gather(quick, slow);
    });
    await aio.sleep(1);
    waiter.cancel();
    await assertRejects(async () => await waiter, aio.CancelledError);
    assert(quick.cancelled() && !slow.done());
    await aio.wait([slow]);
    assert(slow.cancelled());
  }),
);

Deno.test(
  "gather() with returnExceptions: cancelled, it throws after every child has ended (174)",
  virtually(async () => {
    const slow = aio.createTask(async () => {
      try {
        await aio.sleep(1000);
      } finally {
        await aio.sleep(50);
      }
    });
    const waiter = aio.createTask(async () => {
      await aio.gather(slow, () => aio.sleep(1000), { returnExceptions: true });
    });
    await aio.sleep(1);
    waiter.cancel();
    await assertRejects(async () => await waiter, aio.CancelledError);
    assert(slow.done());
  }),
);

Deno.test(
  "gather(): the same coroutine or future twice runs once, and stands twice (176)",
  virtually(async () => {
    let runs = 0;
    const work = (function* () {
      runs++;
      yield* aio.sleep(1);
      return runs;
    })();
    assertEquals(await aio.gather(work, work), [1, 1]);
  }),
);

Deno.test(
  "gather(): a child that fails while it is cancelled gives its failure (178)",
  virtually(async () => {
    const all = aio.gather(async () => {
      try {
        await aio.sleep(1000);
      } catch {
        throw new RangeError("in the clean-up");
      }
    });
    await aio.sleep(1);
    all.cancel();
    await assertRejects(async () => await all, RangeError, "in the clean-up");
  }),
);

Deno.test(
  "gather() with a limit runs no more than so many at a time, in order",
  virtually(async () => {
    let running = 0, most = 0;
    const work = Array.from({ length: 7 }, (_, i) => async () => {
      most = Math.max(most, ++running);
      await aio.sleep(10 - i);
      running--;
      return i;
    });
    assertEquals(await aio.gather(...work, { limit: 3 }), [0, 1, 2, 3, 4, 5, 6]);
    assertEquals(most, 3);
    assertThrows(() => aio.gather(() => 1, { limit: 0 }), RangeError);
  }),
);

Deno.test(
  "gather() and race() take one iterable too, with options, of nothing, and no text or future for one",
  virtually(async () => {
    const work = () => [() => aio.sleep(2, "a"), () => aio.sleep(1, "b")];
    const all: string[] = await aio.gather(work());
    assertEquals(all, ["a", "b"]);
    assertEquals(await aio.gather(new Set(work()), { limit: 1 }), ["a", "b"]);
    const list = await aio.gather([fail(1, new RangeError("kept"))], { returnExceptions: true });
    assert(list[0] as unknown instanceof RangeError);
    assertEquals(await aio.gather([], undefined), []);
    assertEquals(await aio.race(new Set(work())), "b");
    const generator = (function* () {
      return yield* aio.sleep(1, "one");
    })();
    assertEquals(await aio.gather(generator), ["one"]);
    assertEquals(await aio.gather(aio.createTask(() => 1)), [1]);
    assertThrows(() => aio.race([]), RangeError);
    assertThrows(() => aio.gather("ab" as never), TypeError);
    assertThrows(() => aio.gather([1] as never), TypeError);
  }),
);

Deno.test(
  "gather() can be delegated to",
  virtually(function* () {
    const list = yield* aio.gather(() => 1, aio.sleep(1, 2), Promise.resolve(3));
    assertEquals(list, [1, 2, 3]);
  }),
);

Deno.test(
  "gather() is done when all are, tells once, and what ends after a failure changes nothing",
  virtually(async () => {
    const [a, b, c] = [1, 2, 3].map(() => new aio.Future<number>());
    const all = aio.gather(a!, b!, c!);
    let calls = 0;
    all.addDoneCallback(() => void calls++);
    c!.setResult(3);
    a!.setResult(1);
    await aio.sleep(1);
    assertEquals([calls, all.done()], [0, false]);
    b!.setResult(2);
    await aio.sleep(1);
    assertEquals([calls, all.result(), all.cancel()], [1, [1, 2, 3], false]);

    const [d, e, f] = [1, 2, 3].map(() => new aio.Future<number>());
    const failed = aio.gather(d!, e!, f!);
    const error = new RangeError("the first");
    d!.setException(error);
    await aio.sleep(1);
    e!.cancel();
    f!.setException(new TypeError("a later one"));
    f!.exception();
    await aio.sleep(1);
    assertEquals([failed.exception(), failed.cancelled()], [error, false]);
  }),
);

Deno.test(
  "gather() of nothing is a future of this loop",
  virtually(async () => {
    const all = aio.gather();
    assertEquals([all.getLoop() === aio.getRunningLoop(), all.done()], [true, false]);
    assertEquals(await all, []);
  }),
);

Deno.test(
  "gather() in gather(), and groups in groups: a hundred tasks, each once",
  virtually(async () => {
    let runs = 0;
    const work = async (depth: number): Promise<number> => {
      runs++;
      if (depth === 0) return 1;
      const counts = await aio.gather(...[1, 2, 3].map(() => () => work(depth - 1)));
      let grouped = 0;
      await aio.TaskGroup.run((group) => {
        group.createTask(async () => void (grouped = await work(0)));
      });
      return counts.reduce((sum, count) => sum + count, grouped);
    };
    const counted = await work(3);
    assertEquals([counted, runs], [40, 53]);
  }),
);
