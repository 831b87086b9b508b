/** What every condition promises, whoever implements it. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { until } from "../support/until_waiting.ts";
import { type AnyGuard, dispose } from "./lock_suite.ts";

type Maybe<T> = T | Promise<T>;

/** The part of a condition that the suite looks at. */
export interface ConditionUnderTest {
  acquire(): Promise<AnyGuard | null>;
  wait(options?: { timeout?: number; signal?: AbortSignal }): Promise<boolean>;
  waitFor<T>(predicate: () => T, options?: { timeout?: number }): Promise<T>;
  notify(n?: number): Maybe<void>;
  notifyAll(): Maybe<void>;
  statistics(): Maybe<{ readonly waiting: number }>;
}

/** What differs between conditions. */
export interface ConditionTraits {
  /** Runs `fn` as a holder of its own, where the lock knows its owner. */
  readonly as?: <T>(who: string, fn: () => Promise<T>) => Promise<T>;
}

/** Registers the tests for the conditions that `make` makes. */
export function conditionSuite(
  name: string,
  make: () => Maybe<ConditionUnderTest>,
  traits: ConditionTraits = {},
): void {
  const as = traits.as ?? (<T>(_who: string, fn: () => Promise<T>) => fn());
  const waiting = (condition: ConditionUnderTest, n: number) =>
    until(async () => (await condition.statistics()).waiting === n, `${n} waiting`);

  /** Starts `count` waiters, one after another. */
  async function waiters(
    condition: ConditionUnderTest,
    count: number,
    woken: number[],
  ): Promise<Promise<void>[]> {
    const waits: Promise<void>[] = [];
    for (let i = 0; i < count; i++) {
      waits.push(as(`waiter ${i}`, async () => {
        const guard = await condition.acquire();
        assertEquals(await condition.wait(), true);
        woken.push(i);
        await dispose(guard);
      }));
      await waiting(condition, i + 1);
    }
    return waits;
  }

  async function notify(condition: ConditionUnderTest, n?: number): Promise<void> {
    await as("notifier", async () => {
      const guard = await condition.acquire();
      await (n === undefined ? condition.notifyAll() : condition.notify(n));
      await dispose(guard);
    });
  }

  Deno.test(`${name}: wait() and notify() without the lock throw`, async () => {
    const condition = await make();
    await assertRejects(() => condition.wait(), Error);
    await assertRejects(async () => await condition.notify(), Error);
    await assertRejects(async () => await condition.notifyAll(), Error);
  });

  Deno.test(`${name}: notify(3) wakes exactly the three who came first, notifyAll() the rest`, async () => {
    const condition = await make();
    const woken: number[] = [];
    const waits = await waiters(condition, 5, woken);
    await notify(condition, 3);
    await Promise.all(waits.slice(0, 3));
    assertEquals(woken.toSorted(), [0, 1, 2]);
    assertEquals((await condition.statistics()).waiting, 2);
    await notify(condition);
    await Promise.all(waits);
    assertEquals(woken.toSorted(), [0, 1, 2, 3, 4]);
  });

  Deno.test(`${name}: a notify beyond the waiters is not remembered`, async () => {
    const condition = await make();
    await notify(condition, 1);
    const woken: number[] = [];
    const waits = await waiters(condition, 2, woken);
    await notify(condition, 10);
    await Promise.all(waits);
    const guard = await condition.acquire();
    assertEquals(await condition.wait({ timeout: 2 }), false);
    await dispose(guard);
  });

  Deno.test(`${name}: who is notified does not run before the notifier lets go`, async () => {
    const condition = await make();
    const woken: number[] = [];
    const waits = await waiters(condition, 1, woken);
    await as("notifier", async () => {
      const guard = await condition.acquire();
      await condition.notify();
      await new Promise((resolve) => setTimeout(resolve, 5));
      assertEquals(woken, []);
      await dispose(guard);
    });
    await Promise.all(waits);
  });

  Deno.test(`${name}: after a timeout and after an abort the lock is held again`, async () => {
    const condition = await make();
    const guard = await condition.acquire();
    assertEquals(await condition.wait({ timeout: 2 }), false);
    await condition.notify();
    const controller = new AbortController();
    const wait = condition.wait({ signal: controller.signal });
    await waiting(condition, 1);
    controller.abort(new Error("enough"));
    await assertRejects(() => wait, Error, "enough");
    await condition.notify();
    await dispose(guard);
  });

  Deno.test(`${name}: waitFor() gives a truthy value at once, without letting go`, async () => {
    const condition = await make();
    const guard = await condition.acquire();
    assertEquals(await condition.waitFor(() => 42), 42);
    assertEquals((await condition.statistics()).waiting, 0);
    await dispose(guard);
  });

  Deno.test(`${name}: waitFor() gives the last falsy value when the timeout passes`, async () => {
    const condition = await make();
    const guard = await condition.acquire();
    let asked = 0;
    assertEquals(await condition.waitFor(() => (asked++, 0), { timeout: 5 }), 0);
    assert(asked >= 2);
    await dispose(guard);
  });

  Deno.test(`${name}: waitFor() goes on only when the predicate holds`, async () => {
    const condition = await make();
    let state = 0;
    const seen = as("waiter", async () => {
      const guard = await condition.acquire();
      const value = await condition.waitFor(() => state === 4 ? state : 0);
      await dispose(guard);
      return value;
    });
    for (let i = 0; i < 4; i++) {
      await waiting(condition, 1);
      await as("notifier", async () => {
        const guard = await condition.acquire();
        state++;
        await condition.notify();
        await dispose(guard);
      });
    }
    assertEquals(await seen, 4);
  });
}
