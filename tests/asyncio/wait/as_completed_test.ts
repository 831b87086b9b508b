/** asCompleted(), in both its forms. The numbers are those of the checks of Python's behaviour. */
import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../../src/asyncio/mod.ts";
import { virtually } from "../../support/virtual_run.ts";

const task = <T>(ms: number, value: T) => aio.createTask(() => aio.sleep(ms, value));
const failing = (ms: number) =>
  aio.createTask(async () => {
    await aio.sleep(ms);
    throw new RangeError("failed");
  });

Deno.test(
  "asCompleted() gives the tasks themselves, in the order in which they end (204, 208)",
  virtually(async () => {
    const tasks = [task(3, "c"), task(1, "a"), task(2, "b")];
    const seen: unknown[] = [];
    for await (const ended of aio.asCompleted(tasks)) seen.push(ended);
    assertEquals(seen, [tasks[1], tasks[2], tasks[0]]);
    const values: string[] = [];
    const again = [task(2, "y"), task(1, "x")];
    for (const next of aio.asCompleted(again)) values.push(await next);
    assertEquals(values, ["x", "y"]);
  }),
);

Deno.test(
  "asCompleted(): a failure is thrown in its place, and the loop goes on (206)",
  virtually(async () => {
    const seen: string[] = [];
    for await (const ended of aio.asCompleted([failing(1), task(2, "ok")])) {
      try {
        seen.push(await ended as string);
      } catch {
        seen.push("failed");
      }
    }
    assertEquals(seen, ["failed", "ok"]);
  }),
);

Deno.test(
  "asCompleted(): a timeout throws; one is no iterable; the same twice is one (207)",
  virtually(async () => {
    const seen: string[] = [];
    const slow = task(100, "slow");
    await assertRejects(async () => {
      for await (const ended of aio.asCompleted([task(1, "a"), slow], { timeout: 10 })) {
        seen.push(await ended);
      }
    }, aio.TimeoutError);
    assertEquals(seen, ["a"]);
    assertThrows(() => aio.asCompleted(slow as never), TypeError, "iterable of futures");
    let count = 0;
    for await (const _ of aio.asCompleted([slow, slow])) count++;
    assertEquals(count, 1);
  }),
);

Deno.test(
  "asCompleted() works in a generator coroutine",
  virtually(function* () {
    const seen: string[] = [];
    for (const next of aio.asCompleted([() => aio.sleep(2, "b"), () => aio.sleep(1, "a")])) {
      seen.push(yield* next);
    }
    assertEquals(seen, ["a", "b"]);
  }),
);

type Each<T> = (value: T) => boolean | void;

/** Both ways to read what has ended: `each` gets the values, and says with `true` to stop. */
const forms: Record<string, <T>(all: aio.Completions<T>, each: Each<T>) => Promise<void>> = {
  "for await": async (all, each) => {
    for await (const ended of all) if (each(await ended) === true) return;
  },
  "for": async (all, each) => {
    for (const next of all) if (each(await next) === true) return;
  },
};

for (const [form, read] of Object.entries(forms)) {
  const collect = async <T>(all: aio.Completions<T>, count = Infinity): Promise<T[]> => {
    const values: T[] = [];
    await read(all, (value) => values.push(value) === count);
    return values;
  };

  Deno.test(
    `asCompleted(), ${form}: in the order of the ends, of tasks, coroutines and promises; of nothing none`,
    virtually(async () => {
      const work = [task(3, "c"), () => aio.sleep(1, "a"), Promise.resolve("now"), task(2, "b")];
      assertEquals(await collect(aio.asCompleted(work)), ["now", "a", "b", "c"]);
      assertEquals(await collect(aio.asCompleted([])), []);
    }),
  );

  Deno.test(
    `asCompleted(), ${form}: the timeout comes after what came in time, and one that no timer holds never`,
    virtually(async () => {
      const slow = task(400, "b");
      const values: string[] = [];
      await assertRejects(
        () =>
          read(
            aio.asCompleted([task(20, "a"), slow], { timeout: 80 }),
            (value) => void values.push(value),
          ),
        aio.TimeoutError,
      );
      assertEquals(values, ["a"]);
      assertEquals(await collect(aio.asCompleted([slow], { timeout: 2 ** 31 + 3 })), ["b"]);
    }),
  );

  Deno.test(
    `asCompleted(), ${form}: left after two, it can be taken up again`,
    virtually(async () => {
      const all = aio.asCompleted([0, 1, 2, 3].map((i) => task(i, i)));
      assertEquals(await collect(all, 2), [0, 1]);
      assertEquals(await collect(all), [2, 3]);
    }),
  );

  Deno.test(
    `asCompleted(), ${form}: the same promise or generator twice comes once`,
    virtually(async () => {
      const promise = aio.sleep(1, "promise").then();
      const generator = (function* () {
        return yield* aio.sleep(2, "generator");
      })();
      const twice = aio.asCompleted([promise, generator, promise, generator]);
      assertEquals(await collect(twice), ["promise", "generator"]);
    }),
  );

  Deno.test(
    `asCompleted(), ${form}: a waiter that is cancelled leaves what it waits for running`,
    virtually(async () => {
      const slow = task(20, "slow");
      const waiter = aio.createTask(() => collect(aio.asCompleted([slow])));
      await aio.sleep(1);
      waiter.cancel();
      await assertRejects(async () => await waiter, aio.CancelledError);
      assertEquals(await slow, "slow");
    }),
  );
}
