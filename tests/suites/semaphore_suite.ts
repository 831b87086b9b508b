/** What every semaphore promises, whoever implements it. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { until } from "../support/until_waiting.ts";
import { type AnyGuard, dispose } from "./lock_suite.ts";

type Maybe<T> = T | Promise<T>;

/** The part of a semaphore that the suite looks at. */
export interface SemaphoreUnderTest {
  acquire(options?: { timeout?: number; signal?: AbortSignal }): Promise<AnyGuard | null>;
  tryAcquire(): Maybe<AnyGuard | null>;
  release(n?: number): Maybe<void>;
  statistics(): Maybe<{ readonly waiting: number; readonly value: number }>;
}

/** Registers the tests for the semaphores that `make` makes. */
export function semaphoreSuite(
  name: string,
  make: (value?: number) => Maybe<SemaphoreUnderTest>,
  traits: { readonly bounded?: boolean; readonly fair?: boolean } = {},
): void {
  const value = async (s: SemaphoreUnderTest) => (await s.statistics()).value;
  const waiting = (s: SemaphoreUnderTest, n: number) =>
    until(async () => (await s.statistics()).waiting === n, `${n} waiting`);

  Deno.test(`${name}: it starts at 1, and refuses to start below 0`, async () => {
    assertEquals(await value(await make()), 1);
    assertEquals(await value(await make(0)), 0);
    await assertRejects(async () => await make(-1), RangeError);
    await assertRejects(async () => await make(1.5), RangeError);
  });

  Deno.test(`${name}: a guard gives one permit back, once`, async () => {
    const semaphore = await make(2);
    const guard = await semaphore.acquire();
    assertEquals(await value(semaphore), 1);
    await dispose(guard);
    await dispose(guard);
    assertEquals(await value(semaphore), 2);
  });

  Deno.test(`${name}: with no permit free, acquire() gives null when the timeout passes`, async () => {
    const semaphore = await make(1);
    const guard = await semaphore.acquire();
    assertEquals(await semaphore.acquire({ timeout: 5 }), null);
    assertEquals(await semaphore.acquire({ timeout: 0 }), null);
    assertEquals(await semaphore.tryAcquire(), null);
    await dispose(guard);
  });

  Deno.test(`${name}: a task that takes a permit again at once, and waits while it has it, starves no other`, async () => {
    const pauses = {
      turn: () => new Promise<void>((resolve) => setTimeout(resolve)),
      step: () => {},
    };
    for (const [what, pause] of Object.entries(pauses)) {
      for (const permits of [1, 2]) {
        const semaphore = await make(permits);
        let rounds = 0, served = 0;
        const greedy = Array.from({ length: permits }, async () => {
          for (; rounds < 600 && served < 3; rounds++) {
            const guard = await semaphore.acquire();
            await pause();
            await dispose(guard);
          }
        });
        const others = [1, 2, 3].map(async () => {
          await dispose(await semaphore.acquire());
          served++;
        });
        await Promise.all([...greedy, ...others]);
        assert(rounds < 600, `${what}, ${permits}: ${rounds} rounds before the others`);
        assertEquals(await value(semaphore), permits);
      }
    }
  });

  Deno.test(`${name}: release(n) wakes n of the waiters`, async () => {
    const semaphore = await make(3);
    for (let i = 0; i < 3; i++) await semaphore.acquire();
    const done: number[] = [];
    const waits: Promise<void>[] = [];
    for (let i = 0; i < 4; i++) {
      waits.push(semaphore.acquire().then(() => void done.push(i)));
      await waiting(semaphore, i + 1);
    }
    await semaphore.release(3);
    await until(() => done.length === 3, "three woken");
    assertEquals(done.toSorted(), [0, 1, 2]);
    if (traits.fair) assertEquals(done, [0, 1, 2]);
    await waiting(semaphore, 1);
    await semaphore.release();
    await Promise.all(waits);
    assertEquals(await value(semaphore), 0);
  });

  Deno.test(`${name}: release() of fewer than one permit is refused`, async () => {
    const semaphore = await make(1);
    await assertRejects(async () => await semaphore.release(0), RangeError);
    await assertRejects(async () => await semaphore.release(-1), RangeError);
    assertEquals(await value(semaphore), 1);
  });

  Deno.test(`${name}: a permit is not lost when its waiter aborts in the moment it is given`, async () => {
    for (let i = 0; i < 20; i++) {
      const semaphore = await make(1);
      const guard = await semaphore.acquire();
      const controller = new AbortController();
      const first = semaphore.acquire({ signal: controller.signal });
      await waiting(semaphore, 1);
      const second = semaphore.acquire();
      await waiting(semaphore, 2);
      const released = dispose(guard);
      controller.abort(new Error("enough"));
      await released;
      const got = await first.catch((error: Error) => error.message);
      if (got !== "enough") await dispose(got as AnyGuard);
      await dispose(await second);
      assertEquals(await value(semaphore), 1);
    }
  });

  if (traits.bounded === true) {
    Deno.test(`${name}: a release too many is refused and changes nothing`, async () => {
      const semaphore = await make(3);
      await assertRejects(async () => await semaphore.release(), RangeError, "too many times");
      await semaphore.acquire();
      await assertRejects(async () => await semaphore.release(2), RangeError);
      assertEquals(await value(semaphore), 2);
      await semaphore.release();
      assertEquals(await value(semaphore), 3);
    });
  } else {
    Deno.test(`${name}: it may be released above its first value`, async () => {
      const semaphore = await make(1);
      await semaphore.release();
      await dispose(await semaphore.tryAcquire());
      assertEquals(await value(semaphore), 2);
    });
  }
}
