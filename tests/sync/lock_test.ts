import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { NotOwnerError } from "../../src/core/errors.ts";
import type { Guard } from "../../src/core/guard.ts";
import { LockState } from "../../src/sync/lock.ts";
import { RLockState } from "../../src/sync/rlock.ts";
import { LimiterState } from "../../src/sync/limiter.ts";
import { SemaphoreState } from "../../src/sync/semaphore.ts";
import type { Waiter } from "../../src/sync/waiter.ts";
import { everyOrder, type Steps } from "../model/interleaving.ts";
import { PlainWaiter } from "../support/plain_waiter.ts";

type Held = Guard | null;

/** A machine that hands out guards, as the tests see it. */
interface Machine {
  tryAcquire(me: number): Held;
  enqueue(waiter: Waiter<Held, number>): void;
  readonly waiting: number;
}

interface World {
  machine: Machine & { expired(): null };
  inside: number;
  waiters: (PlainWaiter<Held, number> | undefined)[];
}

/** Acquires, waits, works, and gives back. */
function user(me: number): Steps<World> {
  return function* (world, wait) {
    let guard = world.machine.tryAcquire(me);
    if (guard === null) {
      const waiter = world.waiters[me] = new PlainWaiter<Held, number>(world.machine, me);
      world.machine.enqueue(waiter);
      yield wait(() => waiter.woken);
      const [state, outcome] = waiter.turn();
      if (state !== "granted") return;
      guard = outcome as Guard;
    }
    world.inside++;
    yield;
    world.inside--;
    guard[Symbol.dispose]();
    yield;
  };
}

/** Has a user go away, or its time pass, at some moment. */
function leaver(user: number, how: "withdraw" | "expire" | "vanish"): Steps<World> {
  return function* (world) {
    yield;
    world.waiters[user]?.[how](undefined);
  };
}

function machineTest(name: string, most: number, make: () => Machine & { expired(): null }): void {
  Deno.test(`${name}: in every order no more than ${most} inside, and nobody is forgotten`, () => {
    for (const how of ["withdraw", "expire", "vanish"] as const) {
      const orders = everyOrder<World>(
        () => ({ machine: make(), inside: 0, waiters: [] }),
        [user(0), user(1), user(2), leaver(1, how)],
        ({ inside }) => assert(inside <= most),
        ({ machine }) => {
          assertEquals(machine.waiting, 0);
          for (let i = 0; i < most; i++) assert(machine.tryAcquire(10 + i) !== null, "one is lost");
          assertEquals(machine.tryAcquire(20), null, "one too many");
        },
        3,
      );
      assert(orders > 100, String(orders));
    }
  });
}

machineTest("LockState", 1, () => new LockState());
machineTest("SemaphoreState(2)", 2, () => {
  const state = new SemaphoreState(2);
  state.bound = 2;
  return state;
});
machineTest("RLockState", 1, () => new RLockState<number>());
machineTest("LimiterState(2)", 2, () => {
  const state = new LimiterState<number>(2);
  return {
    tryAcquire: (me) => state.tryLend(me),
    enqueue: (waiter) => state.enqueue(waiter),
    expired: () => state.expired(),
    returned: (guard: Held) => state.returned(guard),
    get waiting() {
      return state.waiting;
    },
  } as Machine & { expired(): null };
});

Deno.test("LockState: a promised lock is not held, and cannot be released or taken", () => {
  const lock = new LockState();
  lock.tryAcquire();
  const waiter = new PlainWaiter<Held>(lock, undefined);
  lock.enqueue(waiter);
  lock.release();
  assertEquals([lock.held, lock.tryAcquire(), waiter.woken], [false, null, true]);
  assertThrows(() => lock.release(), NotOwnerError);
  assertEquals(waiter.turn()[0], "granted");
  assert(lock.held);
  assertEquals(waiter.withdraw(), false, "the caller has it");
});

Deno.test("LockState: it tells who took it, and anybody may release it", () => {
  const lock = new LockState<string>();
  lock.tryAcquire("a");
  const waiter = new PlainWaiter<Held, string>(lock, "b");
  lock.enqueue(waiter);
  assertEquals(lock.holder, "a");
  lock.release();
  assertEquals(lock.holder, "b");
  waiter.vanish(undefined);
  assertEquals(lock.holder, undefined);
});

Deno.test("RLockState: its holder takes it again; another holder cannot release it", () => {
  const lock = new RLockState<string>();
  lock.tryAcquire("a");
  lock.tryAcquire("a");
  assertEquals([lock.depth, lock.tryAcquire("b")], [2, null]);
  assertThrows(() => lock.release("b"), NotOwnerError);
  const waiter = new PlainWaiter<Held, string>(lock, "b");
  lock.enqueue(waiter);
  lock.release("a");
  assertEquals(waiter.woken, false);
  lock.release("a");
  assertEquals(waiter.woken, true);
  lock.release("b");
  assertEquals([lock.depth, lock.held], [0, false]);
});

Deno.test("LimiterState: a borrower that waits twice gets one token and an error", () => {
  const limiter = new LimiterState<string>(1);
  limiter.tryLend("a");
  const waiters = [1, 2].map(() => new PlainWaiter<Held, string>(limiter, "b"));
  for (const waiter of waiters) limiter.enqueue(waiter);
  limiter.total = 3;
  assertEquals(waiters.map((waiter) => waiter.turn()[0]), ["granted", "failed"]);
});
