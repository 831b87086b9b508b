/** What every barrier promises, whoever implements it. */
import { assertEquals, assertRejects } from "@std/assert";
import { BrokenBarrierError } from "../../src/core/errors.ts";
import { until } from "../support/until_waiting.ts";

type Maybe<T> = T | Promise<T>;

/** The part of a barrier that the suite looks at. */
export interface BarrierUnderTest {
  wait(options?: { timeout?: number; signal?: AbortSignal }): Promise<number>;
  reset(): Maybe<void>;
  abort(): Maybe<void>;
  statistics(): Maybe<{ readonly waiting: number; readonly broken: boolean }>;
}

/** What differs between barriers. */
export interface BarrierTraits {
  /** Whether waits take a timeout (asyncio's do not). */
  readonly timeouts?: boolean;
}

/** Registers the tests for the barriers that `make` makes. */
export function barrierSuite(
  name: string,
  make: (parties: number, action?: () => void) => Maybe<BarrierUnderTest>,
  traits: BarrierTraits = {},
): void {
  const waiting = (barrier: BarrierUnderTest, n: number) =>
    until(async () => (await barrier.statistics()).waiting === n, `${n} waiting`);
  const broken = async (barrier: BarrierUnderTest) => (await barrier.statistics()).broken;

  Deno.test(`${name}: all go on together, each with a number of its own`, async () => {
    const barrier = await make(5);
    const numbers = await Promise.all([1, 2, 3, 4, 5].map(() => barrier.wait()));
    assertEquals(numbers.toSorted(), [0, 1, 2, 3, 4]);
  });

  Deno.test(`${name}: a barrier for one never waits; for none it is refused`, async () => {
    assertEquals(await (await make(1)).wait(), 0);
    await assertRejects(async () => await make(0), RangeError);
    await assertRejects(async () => await make(-1), RangeError);
  });

  Deno.test(`${name}: ten passes stay in step`, async () => {
    const barrier = await make(3);
    const passes = [0, 0, 0];
    await Promise.all(passes.map(async (_, me) => {
      for (let pass = 1; pass <= 10; pass++) {
        passes[me] = pass;
        await barrier.wait();
        assertEquals(passes.every((each) => each === pass || each === pass + 1), true);
      }
    }));
  });

  Deno.test(`${name}: abort() refuses waiters and newcomers, until reset()`, async () => {
    const barrier = await make(2);
    const wait = barrier.wait();
    await waiting(barrier, 1);
    await barrier.abort();
    await assertRejects(() => wait, BrokenBarrierError);
    await assertRejects(() => barrier.wait(), BrokenBarrierError);
    assertEquals(await broken(barrier), true);
    await barrier.reset();
    assertEquals(await broken(barrier), false);
    await Promise.all([barrier.wait(), barrier.wait()]);
  });

  Deno.test(`${name}: reset() refuses the waiters and leaves it whole`, async () => {
    const barrier = await make(2);
    const wait = barrier.wait();
    await waiting(barrier, 1);
    await barrier.reset();
    await assertRejects(() => wait, BrokenBarrierError);
    assertEquals(await broken(barrier), false);
    await Promise.all([barrier.wait(), barrier.wait()]);
  });

  if (traits.timeouts !== false) {
    Deno.test(`${name}: a timeout breaks it for everybody`, async () => {
      const barrier = await make(3);
      const wait = barrier.wait();
      await waiting(barrier, 1);
      await assertRejects(() => barrier.wait({ timeout: 2 }), BrokenBarrierError);
      await assertRejects(() => wait, BrokenBarrierError);
      assertEquals(await broken(barrier), true);
    });
  }

  Deno.test(`${name}: the action runs once a pass; when it throws, the barrier breaks`, async () => {
    let calls = 0;
    const barrier = await make(2, () => {
      if (++calls === 2) throw new TypeError("no");
    });
    await Promise.all([barrier.wait(), barrier.wait()]);
    assertEquals(calls, 1);
    const first = barrier.wait();
    await waiting(barrier, 1);
    await assertRejects(() => barrier.wait(), TypeError, "no");
    await assertRejects(() => first, BrokenBarrierError);
    assertEquals(await broken(barrier), true);
  });
}
