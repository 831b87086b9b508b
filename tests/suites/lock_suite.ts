/**
 * What every lock promises, whoever implements it: threading, asyncio, multiprocessing.
 *
 * Only promise forms and `tryAcquire` are used, and whatever may be a promise is awaited.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { until } from "../support/until_waiting.ts";

type Maybe<T> = T | Promise<T>;

/** Proof that the lock is held. */
export type AnyGuard = Disposable | AsyncDisposable;

/** The part of a lock that the suite looks at. */
export interface LockUnderTest {
  acquire(options?: { timeout?: number; signal?: AbortSignal }): Promise<AnyGuard | null>;
  tryAcquire(): Maybe<AnyGuard | null>;
  release(): Maybe<void>;
  statistics(): Maybe<{ readonly waiting: number }>;
}

/** What differs between locks. */
export interface LockTraits {
  /** Whether the same holder can take it again. */
  readonly reentrant?: boolean;
  /** Whether waiters get it in the order in which they came. */
  readonly fair?: boolean;
  /** Runs `fn` as another holder than the caller, where it matters. */
  readonly as?: (who: string, fn: () => Promise<void>) => Promise<void>;
}

/** Gives back what a guard holds. */
export async function dispose(guard: AnyGuard | null): Promise<void> {
  assert(guard !== null, "expected a guard");
  if (Symbol.dispose in guard) guard[Symbol.dispose]();
  else await guard[Symbol.asyncDispose]();
}

/** Registers the tests for the locks that `make` makes. */
export function lockSuite(
  name: string,
  make: () => Maybe<LockUnderTest>,
  traits: LockTraits = {},
): void {
  const as = traits.as ?? ((_who, fn) => fn());
  const waiting = (lock: LockUnderTest, n: number) =>
    until(async () => (await lock.statistics()).waiting === n, `${n} waiting`);

  Deno.test(`${name}: what was acquired is released by its guard, once`, async () => {
    const lock = await make();
    const guard = await lock.acquire();
    await dispose(guard);
    await dispose(guard);
    await dispose(await lock.tryAcquire());
    await assertRejects(async () => await lock.release());
  });

  Deno.test(`${name}: a task that takes it again at once, and waits while it has it, starves no other`, async () => {
    const pauses = {
      turn: () => new Promise<void>((resolve) => setTimeout(resolve)),
      step: () => {},
    };
    for (const [what, pause] of Object.entries(pauses)) {
      const lock = await make();
      let rounds = 0, served = 0;
      const greedy = as("greedy", async () => {
        for (; rounds < 300 && served < 2; rounds++) {
          const guard = await lock.acquire();
          await pause();
          await dispose(guard);
        }
      });
      const others = ["first", "second"].map((who) =>
        as(who, async () => {
          await dispose(await lock.acquire());
          served++;
        })
      );
      await Promise.all([greedy, ...others]);
      assert(rounds < 300, `${what}: ${rounds} rounds before the others`);
    }
  });

  Deno.test(`${name}: releasing a free lock throws and leaves it free`, async () => {
    const lock = await make();
    await assertRejects(async () => await lock.release(), Error);
    await dispose(await lock.tryAcquire());
  });

  Deno.test(`${name}: a wrong timeout is refused before anything changes`, async () => {
    const lock = await make();
    await assertRejects(() => lock.acquire({ timeout: NaN }), RangeError);
    await dispose(await lock.tryAcquire());
  });

  Deno.test(`${name}: a held lock gives null when the timeout passes, at once for 0 and below`, async () => {
    const lock = await make();
    await as("holder", async () => {
      const guard = await lock.acquire();
      await as("other", async () => {
        assertEquals(await lock.acquire({ timeout: 5 }), null);
        assertEquals(await lock.acquire({ timeout: 0 }), null);
        assertEquals(await lock.acquire({ timeout: -1 }), null);
        assertEquals(await lock.tryAcquire(), null);
      });
      assertEquals((await lock.statistics()).waiting, 0);
      await dispose(guard);
    });
  });

  Deno.test(`${name}: an aborted wait rejects with the reason and leaves the line`, async () => {
    const lock = await make();
    const guard = await lock.acquire();
    const controller = new AbortController();
    const reason = new Error("enough");
    let wait: Promise<unknown> = Promise.resolve();
    await as("other", async () => {
      wait = lock.acquire({ signal: controller.signal });
      await waiting(lock, 1);
    });
    controller.abort(reason);
    assertEquals(await assertRejects(() => wait), reason);
    await waiting(lock, 0);
    await dispose(guard);
    await assertRejects(() => lock.acquire({ signal: controller.signal }), Error, "enough");
    await dispose(await lock.tryAcquire());
  });

  Deno.test(`${name}: five waiters all get it, one after another`, async () => {
    const lock = await make();
    const guard = await lock.acquire();
    const order: number[] = [];
    let inside = 0;
    const waits: Promise<void>[] = [];
    for (let i = 0; i < 5; i++) {
      waits.push(as(`w${i}`, async () => {
        const mine = await lock.acquire();
        assertEquals(++inside, 1);
        order.push(i);
        await Promise.resolve();
        inside--;
        await dispose(mine);
      }));
      await waiting(lock, i + 1);
    }
    assertEquals(order, []);
    await dispose(guard);
    await Promise.all(waits);
    if (traits.fair) assertEquals(order, [0, 1, 2, 3, 4]);
    else assertEquals(order.toSorted(), [0, 1, 2, 3, 4]);
    await dispose(await lock.tryAcquire());
  });

  /** Takes it as another holder and gives it back at once; returns whether it was taken. */
  function visit(
    lock: LockUnderTest,
    who: string,
    options?: { timeout?: number; signal?: AbortSignal },
  ): Promise<boolean> {
    let taken = false;
    return as(who, async () => {
      const guard = await lock.acquire(options);
      if (guard === null) return;
      taken = true;
      await dispose(guard);
    }).then(() => taken);
  }

  Deno.test(`${name}: a wake-up is not lost when its waiter aborts in the same moment`, async () => {
    for (let i = 0; i < 20; i++) {
      const lock = await make();
      const guard = await lock.acquire();
      const controller = new AbortController();
      const first = visit(lock, "first", { signal: controller.signal });
      await waiting(lock, 1);
      const second = visit(lock, "second");
      await waiting(lock, 2);
      const released = dispose(guard);
      controller.abort(new Error("enough"));
      await released;
      await first.catch((error: Error) => assertEquals(error.message, "enough"));
      assertEquals(await second, true);
      await dispose(await lock.tryAcquire());
    }
  });

  Deno.test(`${name}: a wake-up is not lost when its waiter's time is up in the same moment`, async () => {
    const lock = await make();
    for (let i = 0; i < 10; i++) {
      const guard = await lock.acquire();
      const first = visit(lock, "first", { timeout: 2 });
      const second = visit(lock, "second");
      await new Promise((resolve) => setTimeout(resolve, 2));
      await dispose(guard);
      await first;
      assertEquals(await second, true);
    }
    await dispose(await lock.tryAcquire());
  });

  if (traits.reentrant !== true) {
    Deno.test(`${name}: it is not re-entrant`, async () => {
      const lock = await make();
      const guard = await lock.acquire();
      assertEquals(await lock.acquire({ timeout: 1 }), null);
      await dispose(guard);
    });
  }
}
