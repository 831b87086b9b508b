import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CancelledError, EOFError } from "../../../src/core/errors.ts";
import { Asker } from "../../../src/multiprocessing/objects/asker.ts";
import { coreOf } from "../../../src/multiprocessing/objects/shared_object.ts";
import type { Lock, RLock } from "../../../src/multiprocessing/mod.ts";
import { served } from "../../support/served.ts";
import { waitFor, waitIn } from "../../../src/multiprocessing/sync/caller_waiter.ts";
import type { LockCore } from "../../../src/multiprocessing/sync/lock.ts";
import { ConditionState } from "../../../src/sync/condition.ts";
import { EventState } from "../../../src/sync/event.ts";
import { LockState } from "../../../src/sync/lock.ts";
import { QueueState } from "../../../src/sync/queue.ts";
import { FifoStore } from "../../../src/sync/item_store.ts";
import { everyOrder, type Steps } from "../../model/interleaving.ts";

const GONE = new EOFError("gone");

Deno.test("a caller waits until it is served, its timeout passes, it cancels or its process ends", async () => {
  const event = new EventState();
  const asker = (): Asker => new Asker("t.1", "t.1");
  assertEquals(await waitIn(event, undefined, asker(), 0), false);
  assertEquals(await waitIn(event, undefined, asker(), 2), false);
  const [cancels, ends] = [asker(), asker()];
  const cancelled = waitIn(event, undefined, cancels, null);
  const ended = waitIn(event, undefined, ends, 60_000);
  const served = waitIn(event, undefined, asker(), 60_000);
  assertEquals(event.waiting, 3);
  cancels.cancel(new CancelledError("enough"));
  ends.end(GONE);
  assertEquals(event.waiting, 1);
  event.set();
  await assertRejects(() => cancelled, CancelledError, "enough");
  assertEquals(await assertRejects(() => ended), GONE);
  assertEquals(await served, true);
});

Deno.test("a wait that cannot begin takes no place: its caller has left, or the timeout is no number", async () => {
  const event = new EventState();
  const asker = new Asker("t.1", "t.1");
  const wrong = [NaN, "1000", {}] as number[];
  for (const timeout of wrong) assertThrows(() => waitIn(event, undefined, asker, timeout));
  asker.cancel(GONE);
  assertThrows(() => waitIn(event, undefined, asker, null), EOFError);
  const free = new ConditionState<string>(new LockState());
  const other = new Asker("t.2", "t.2");
  assertThrows(() => waitIn<boolean, string>(free, "t.2", other, null), Error, "not acquired");
  other.end(GONE); // nobody listens to it any more
  assertEquals([event.waiting, free.waiting], [0, 0]);
  await Promise.resolve();
});

Deno.test("what is given to a caller is its own, also when it cancels in the same moment", async () => {
  const queue = new QueueState<string>(new FifoStore(), Infinity);
  const asker = new Asker("t.1", "t.1");
  const first = waitFor<string, unknown>(
    queue.taking,
    (waiter) => queue.enqueueTaker(waiter),
    undefined,
    asker,
    null,
  );
  queue.offer("item");
  asker.cancel(new CancelledError());
  asker.end(GONE);
  assertEquals([await first, queue.size], ["item", 0]);
});

/** What the questions of other processes reach. */
interface ConditionCore {
  acquire(asker: Asker, timeout: null): boolean | Promise<boolean>;
  release(asker: Asker): void;
  wait(asker: Asker, timeout: null): Promise<boolean>;
  notify(asker: Asker, count: number): void;
  processEnded(path: string): void;
  statistics(): { waiting: number };
}

class World {
  readonly core: ConditionCore;
  readonly #lock: LockCore<LockState<string>>;
  /** The questions of the process that is killed. */
  readonly asked: Asker[] = [];
  dead = false;
  readonly done: boolean[] = [];

  constructor(lock: Lock | RLock) {
    this.#lock = coreOf(lock) as LockCore<LockState<string>>;
    this.core = coreOf(served.condition(lock)) as unknown as ConditionCore;
  }

  get holder(): string | undefined {
    return this.#lock.state.holder;
  }

  get waiting(): number[] {
    return [this.#lock.state.waiting, this.core.statistics().waiting];
  }

  toJSON(): unknown {
    return [this.holder, this.waiting, this.dead, this.done];
  }
}

/** Acquires, waits to be notified, and releases; `doomed`: until it is killed. */
function user(me: number, doomed: boolean): Steps<World> {
  const path = `t.${me}`;
  return function* (world, wait) {
    const ask = (): Asker => {
      const asker = new Asker(path, path);
      if (doomed) world.asked.push(asker);
      return asker;
    };
    const isDead = (): boolean => doomed && world.dead;
    const holds = (): boolean => isDead() || world.holder === path;
    const { core } = world;
    yield;
    if (isDead()) return;
    Promise.resolve(core.acquire(ask(), null)).catch(() => {}); // its process may end
    yield wait(holds);
    if (isDead()) return;
    core.wait(ask(), null).catch(() => {}); // it may be cancelled, or its process may end
    yield wait(holds);
    if (isDead()) return;
    core.release(ask());
    world.done[me] = true;
  };
}

/** Notifies the waiters, one by one, until none is left. */
const notifier: Steps<World> = function* (world, wait) {
  const { core } = world;
  const asker = new Asker("t.3", "t.3");
  const isOver = (): boolean => world.done[2] === true && (world.dead || world.done[1] === true);
  while (!isOver()) {
    yield wait(() => isOver() || world.waiting[1]! > 0);
    if (isOver()) return;
    void core.acquire(asker, null);
    yield wait(() => world.holder === "t.3");
    core.notify(asker, 1);
    yield;
    core.release(asker);
  }
};

const canceller: Steps<World> = function* (world) {
  yield;
  world.asked.at(-1)?.cancel(new CancelledError());
};

const killer: Steps<World> = function* (world) {
  yield;
  world.dead = true;
  for (const asker of world.asked) asker.end(GONE);
  world.core.processEnded("t.1");
};

for (const [name, make] of [["Lock", served.lock], ["RLock", served.rlock]] as const) {
  Deno.test(`in every order a process that cancels and is killed leaves a ${name} and its condition to the others`, () => {
    const orders = everyOrder<World>(
      () => new World(make()),
      [user(1, true), user(2, false), notifier, canceller, killer],
      ({ dead, holder }) => assert(!dead || holder !== "t.1", "the dead hold the lock"),
      (world) => assertEquals([world.holder, ...world.waiting], [undefined, 0, 0]),
      1,
    );
    assert(orders > 500, String(orders));
  });
}
