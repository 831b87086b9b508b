import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { NotOwnerError } from "../../src/core/errors.ts";
import type { Guard } from "../../src/core/guard.ts";
import { ConditionState } from "../../src/sync/condition.ts";
import { LockState } from "../../src/sync/lock.ts";
import { RLockState } from "../../src/sync/rlock.ts";
import { everyOrder, type Steps, type Wait } from "../model/interleaving.ts";
import { PlainWaiter } from "../support/plain_waiter.ts";

class World {
  readonly lock = new LockState();
  readonly condition = new ConditionState(this.lock);
  items = 0;
  taken = 0;
  inside = 0;
  ended = 0;
  readonly waiters: (PlainWaiter<boolean> | undefined)[] = [];
}

function* acquire(world: World, wait: (until: () => boolean) => Wait) {
  if (world.lock.tryAcquire() === null) {
    const waiter = new PlainWaiter<Guard | null>(world.lock, undefined);
    world.lock.enqueue(waiter);
    yield wait(() => waiter.woken);
    waiter.turn();
  }
  world.inside++;
}

function release(world: World): void {
  world.inside--;
  world.lock.release();
}

/** Takes one item; goes on waiting until there is one. */
function consumer(me: number): Steps<World> {
  return function* (world, wait) {
    yield* acquire(world, wait);
    while (world.items === 0) {
      const waiter = world.waiters[me] = new PlainWaiter<boolean>(world.condition, undefined);
      world.inside--;
      world.condition.enqueue(waiter);
      yield wait(() => waiter.woken);
      const [state] = waiter.turn();
      if (state === "vanished") return void world.ended++;
      world.inside++;
      assert(world.lock.held, "woken without the lock");
      if (state !== "granted") return end(world);
    }
    world.items--;
    world.taken++;
    end(world);
  };
}

function end(world: World): void {
  world.ended++;
  release(world);
}

/** Brings one item, and notifies one. */
const producer: Steps<World> = function* (world, wait) {
  yield* acquire(world, wait);
  world.items++;
  world.condition.notify(1);
  yield;
  release(world);
};

function leaver(user: number, how: "withdraw" | "expire" | "vanish"): Steps<World> {
  return function* (world) {
    yield;
    world.waiters[user]?.[how](undefined);
  };
}

/** Sends away the one for whom no item is left. */
const closer: Steps<World> = function* (world, wait) {
  while (world.ended < 2) {
    const waits = () => world.waiters.some((waiter) => waiter?.state === "waiting");
    yield wait(() => world.ended === 2 || (world.taken === 1 && waits()));
    for (const waiter of world.waiters) waiter?.withdraw();
  }
};

Deno.test("ConditionState: in every order a notification of one that leaves goes to the next", () => {
  for (const how of ["withdraw", "expire", "vanish"] as const) {
    const orders = everyOrder<World>(
      () => new World(),
      [consumer(0), consumer(1), producer, leaver(0, how), closer],
      ({ inside }) => assert(inside <= 1, "two inside"),
      (world) => {
        assertEquals([world.items, world.taken, world.inside], [0, 1, 0]);
        assertEquals(world.lock.held, false);
      },
      4,
    );
    assert(orders > 50, String(orders));
  }
});

Deno.test("ConditionState: a wait on a re-entrant lock takes it as deep as it was", () => {
  const lock = new RLockState<string>();
  const condition = new ConditionState<string>(lock);
  lock.tryAcquire("a");
  lock.tryAcquire("a");
  const waiter = new PlainWaiter<boolean, string>(condition, "a");
  condition.enqueue(waiter);
  assertEquals(lock.depth, 0);
  lock.tryAcquire("b");
  condition.notify(1);
  assertEquals([waiter.woken, condition.waiting], [false, 0]);
  lock.release("b");
  assertEquals([waiter.woken, lock.depth], [true, 2]);
  lock.release("a");
  lock.release("a");
  assertThrows(() => condition.check("wait on"), NotOwnerError);
});

Deno.test("ConditionState: every way to leave ends with the lock held", () => {
  for (const leave of ["withdraw", "expire", "abandon"] as const) {
    const lock = new LockState();
    const condition = new ConditionState(lock);
    lock.tryAcquire();
    const waiter = new PlainWaiter<boolean>(condition, undefined);
    condition.enqueue(waiter);
    const other = lock.tryAcquire()!;
    waiter[leave](undefined);
    assertEquals(waiter.woken, false, "not before the lock is free");
    other[Symbol.dispose]();
    assertEquals([waiter.woken, lock.held], [true, true]);
    const ends = { withdraw: "withdrawn", expire: "expired", abandon: "failed" };
    assertEquals(waiter.turn()[0], ends[leave]);
  }
});

Deno.test("ConditionState: a caller that vanishes leaves every line, and the lock to the others", () => {
  for (const lock of [new LockState<string>(), new RLockState<string>()]) {
    const condition = new ConditionState<string>(lock);
    const waiters = ["a", "b"].map((who) => {
      lock.tryAcquire(who);
      const waiter = new PlainWaiter<boolean, string>(condition, who);
      condition.enqueue(waiter);
      return waiter;
    });
    const guard = lock.tryAcquire("c")!;
    condition.notify(1);
    assertEquals([lock.waiting, condition.waiting], [1, 1]);
    waiters[0]!.vanish("killed");
    assertEquals(waiters[0]!.turn(), ["vanished", "killed"]);
    assertEquals([lock.waiting, condition.waiting], [1, 0], "the notification goes to the next");
    waiters[1]!.abandon("too late");
    waiters[1]!.vanish("killed");
    assertEquals([lock.waiting, lock.holder], [0, "c"]);
    guard[Symbol.dispose]();
    assertEquals([lock.held, lock.holder], [false, undefined]);
  }
});

Deno.test("ConditionState: a caller that vanishes before it knows that it has the lock gives it back", () => {
  for (const leave of ["expire", "abandon", "withdraw"] as const) {
    const lock = new RLockState<string>();
    const condition = new ConditionState<string>(lock);
    lock.tryAcquire("a");
    lock.tryAcquire("a");
    const waiter = new PlainWaiter<boolean, string>(condition, "a");
    condition.enqueue(waiter);
    waiter[leave](undefined);
    assertEquals([waiter.woken, lock.holder, lock.depth], [true, "a", 2]);
    waiter.vanish("killed");
    assertEquals([waiter.turn()[0], lock.held], ["vanished", false]);
  }
});

Deno.test("ConditionState: only the one that holds a re-entrant lock may use it", () => {
  const lock = new RLockState<string>();
  const condition = new ConditionState<string>(lock);
  lock.tryAcquire("a");
  condition.check("notify", "a");
  assertThrows(() => condition.check("notify", "b"), NotOwnerError);
});
