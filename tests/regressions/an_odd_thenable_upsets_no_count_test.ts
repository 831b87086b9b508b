/** A thenable that settles twice, throws, or returns nothing counts as one job, and holds no shutdown. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { currentSignal, portable } from "@quartet/concurrency/futures";
import { testEachExecutor } from "../support/each_executor.ts";

type Then = (done: (value: unknown) => void, failed: (error: unknown) => void) => unknown;

const odd = portable(import.meta, {
  twice(): unknown {
    const then: Then = (done, failed) => {
      done(1);
      done(2);
      failed(new Error("third"));
    };
    return { then };
  },
  throwsAfter(): unknown {
    const then: Then = (done) => {
      done(1);
      throw new Error("late");
    };
    return { then };
  },
  throwsBefore(): unknown {
    const then: Then = () => {
      throw new RangeError("early");
    };
    return { then };
  },
  throwingGetter(): unknown {
    return Object.defineProperty({}, "then", {
      get() {
        throw new RangeError("early");
      },
    });
  },
  callable(): unknown {
    const then: Then = (done) => done(1);
    return Object.assign(() => 0, { then });
  },
  never(): unknown {
    const then: Then = () => undefined;
    return { then };
  },
  until(): Promise<void> {
    return new Promise((resolve) => currentSignal().addEventListener("abort", () => resolve()));
  },
  one(): number {
    return 1;
  },
});

testEachExecutor("odd thenables settle once", async (executor) => {
  for (const fn of [odd.twice, odd.throwsAfter, odd.callable]) {
    assertEquals(await executor.submit(fn), 1, fn.name);
  }
  for (const fn of [odd.throwsBefore, odd.throwingGetter]) {
    await assertRejects(() => executor.submit(fn).then(), RangeError, "early", fn.name);
  }
  await executor.onIdle();
  const { completed, running, queued } = executor.statistics();
  assertEquals([completed, running, queued], [5, 0, 0]);
  // The width is what it was: two run at once, the third waits.
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = [0, 1, 2].map(() => executor.submitWith({ signal }, odd.until));
  controller.abort();
  await Promise.allSettled(waiting);
  assertEquals(await executor.submit(odd.one), 1);
});

testEachExecutor(
  "a thenable that never settles ends with its timeout, and holds no shutdown",
  async (executor) => {
    await assertRejects(() => executor.submitWith({ timeout: 5 }, odd.never).then(), Error, "5 ms");
    await executor.shutdown();
    assertEquals(executor.statistics().running, 0);
  },
  { width: 1 },
);

testEachExecutor(
  "shutdown({ timeout }) ends although a thenable never settles",
  async (executor) => {
    const never = executor.submit(odd.never);
    never.catch(() => 0); // it may be told that its worker is gone
    await executor.shutdown({ timeout: 20 });
  },
  { width: 1 },
);
