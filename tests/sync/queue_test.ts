import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { EOFError, InvalidStateError, ShutDownError } from "../../src/core/errors.ts";
import { ChannelState } from "../../src/sync/channel.ts";
import { FifoStore, LifoStore, RankedStore } from "../../src/sync/item_store.ts";
import { QueueState } from "../../src/sync/queue.ts";
import { everyOrder, type Steps } from "../model/interleaving.ts";
import { PlainWaiter } from "../support/plain_waiter.ts";

class World {
  readonly queue: QueueState<number>;
  readonly put: number[] = [];
  readonly got: number[] = [];
  readonly putters: (PlainWaiter<void, number> | undefined)[] = [];
  readonly takers: (PlainWaiter<number> | undefined)[] = [];
  /** How many have not ended, and how many of them do not wait. */
  left = 3;
  running = 3;

  constructor(room: number) {
    this.queue = new QueueState(new FifoStore<number>(), room);
  }
}

function putter(me: number, items: number[]): Steps<World> {
  return function* (world, wait) {
    for (const item of items) {
      if (!world.queue.offer(item)) {
        const waiter = world.putters[me] = new PlainWaiter<void, number>(world.queue.putting, item);
        world.queue.enqueuePutter(waiter);
        world.running--;
        yield wait(() => waiter.woken);
        world.running++;
        if (waiter.turn()[0] !== "granted") continue;
      }
      world.put.push(item);
      yield;
    }
    world.left--;
    world.running--;
  };
}

function taker(me: number, times: number): Steps<World> {
  return function* (world, wait) {
    for (let i = 0; i < times; i++) {
      if (world.queue.available) {
        world.got.push(world.queue.take());
      } else {
        const waiter = world.takers[me] = new PlainWaiter<number>(world.queue.taking, undefined);
        world.queue.enqueueTaker(waiter);
        world.running--;
        yield wait(() => waiter.woken);
        world.running++;
        const [state, outcome] = waiter.turn();
        if (state === "granted") world.got.push(outcome as number);
      }
      yield;
    }
    world.left--;
    world.running--;
  };
}

const WAYS = ["withdraw", "vanish"] as const;

function leaver(of: "putters" | "takers", me: number, how: typeof WAYS[number]): Steps<World> {
  return function* (world) {
    yield;
    world[of][me]?.[how](undefined);
  };
}

/** One that waits for what never comes is no fault of the queue: it is sent away when nobody runs any more. */
const closer: Steps<World> = function* (world, wait) {
  while (world.left > 0) {
    yield wait(() =>
      world.running === 0 &&
      [...world.putters, ...world.takers].every((each) => each?.phase !== "open" || !each.woken)
    );
    for (const waiter of [...world.putters, ...world.takers]) waiter?.withdraw();
    yield;
  }
};

for (const room of [0, 1, Infinity]) {
  Deno.test(`QueueState(${room}): in every order each item that was put is taken once or is there`, () => {
    const leaves = (["takers", "putters"] as const).flatMap((of) =>
      WAYS.map((how) => leaver(of, 0, how))
    );
    for (const leaving of leaves) {
      const orders = everyOrder<World>(
        () => new World(room),
        [
          putter(0, [1, 2]),
          taker(0, 1),
          taker(1, 1),
          leaving,
          closer,
        ],
        () => {},
        (world) => {
          const all = [...world.got];
          while (world.queue.available) all.push(world.queue.take());
          assertEquals(all.toSorted(), world.put.toSorted());
          assertEquals([world.queue.takers.size, world.queue.putters.size], [0, 0]);
        },
        2,
      );
      assert(orders > 100, String(orders));
    }
  });
}

Deno.test("QueueState: an order that throws loses nothing, and the order stays right", () => {
  let broken = false;
  const queue = new QueueState<number>(
    new RankedStore((a, b) => {
      if (broken) throw new Deno.errors.Busy("compare");
      return a - b;
    }),
    3,
  );
  for (const item of [3, 1, 2]) queue.offer(item);
  broken = true;
  assertThrows(() => queue.take(), Deno.errors.Busy);
  assertEquals([queue.size, queue.unfinished], [3, 3]);
  const waiter = new PlainWaiter<void, number>(queue.putting, 0);
  queue.enqueuePutter(waiter);
  assertThrows(() => queue.take(), Deno.errors.Busy);
  broken = false;
  assertEquals([queue.take(), queue.take(), queue.take(), queue.take()], [1, 0, 2, 3]);
  assertEquals(waiter.turn()[0], "granted");
});

Deno.test("QueueState: a putter whose item cannot be ordered fails, and the one that takes does not", () => {
  const queue = new QueueState<number>(
    new RankedStore((a, b) => {
      if (Number.isNaN(a) || Number.isNaN(b)) throw new TypeError("NaN");
      return a - b;
    }),
    2,
  );
  queue.offer(1);
  queue.offer(2);
  const [bad, good] = [NaN, 3].map((n) => new PlainWaiter<void, number>(queue.putting, n));
  queue.enqueuePutter(bad!);
  queue.enqueuePutter(good!);
  assertEquals(queue.take(), 1);
  assertEquals([bad!.turn()[0], good!.turn()[0]], ["failed", "granted"]);
  assertEquals([queue.take(), queue.take(), queue.unfinished], [2, 3, 3]);
});

Deno.test("QueueState: an item that is given back while the order throws comes first", () => {
  let broken = false;
  const queue = new QueueState<number>(
    new RankedStore((a, b) => {
      if (broken) throw new Deno.errors.Busy("compare");
      return a - b;
    }),
    Infinity,
  );
  const taker = new PlainWaiter<number>(queue.taking, undefined);
  queue.enqueueTaker(taker);
  queue.offer(5);
  queue.offer(1);
  broken = true;
  taker.withdraw();
  assertEquals([queue.size, queue.peek()], [2, 5]);
  broken = false;
  assertEquals([queue.take(), queue.take()], [5, 1]);
});

Deno.test("QueueState: what is thrown away counts as done, and nothing else", () => {
  const queue = new QueueState<number>(new FifoStore<number>(), Infinity);
  for (const item of [1, 2, 3]) queue.offer(item);
  queue.take();
  queue.discard();
  assertEquals([queue.size, queue.unfinished], [0, 1]);
  const joiner = new PlainWaiter<boolean>(queue.joining, undefined);
  queue.enqueueJoiner(joiner);
  assertEquals(joiner.woken, false, "one is still being worked on");
  queue.finish(1);
  assertEquals(joiner.woken, true);
  assertThrows(() => queue.finish(1), RangeError);
});

Deno.test("QueueState: an item that is given back after all was thrown away is done too", () => {
  const queue = new QueueState<number>(new FifoStore<number>(), Infinity);
  const taker = new PlainWaiter<number>(queue.taking, undefined);
  queue.enqueueTaker(taker);
  queue.offer(1);
  queue.discard();
  assertEquals(queue.unfinished, 1);
  taker.withdraw();
  assertEquals([queue.size, queue.unfinished], [0, 0]);
});

Deno.test("QueueState: more room lets in as many as fit", () => {
  const queue = new QueueState<number>(new LifoStore<number>(), 1);
  queue.offer(0);
  const waiters = [1, 2, 3].map((n) => new PlainWaiter<void, number>(queue.putting, n));
  for (const waiter of waiters) queue.enqueuePutter(waiter);
  queue.room = 3;
  assertEquals(waiters.map((waiter) => waiter.woken), [true, true, false]);
  assertEquals([queue.take(), queue.size], [2, 3]);
});

Deno.test("ChannelState: a closed end neither sends nor receives what waited by it", () => {
  const channel = new ChannelState<number>(0);
  const ends = [{}, {}, {}, {}];
  channel.addSender();
  channel.addSender();
  channel.addReceiver();
  const sends = [0, 1].map((i) => {
    const waiter = new PlainWaiter<void, number>(channel.putting, i);
    waiter.note = ends[i];
    channel.enqueuePutter(waiter);
    return waiter;
  });
  channel.dropSender(ends[0]);
  assertEquals([sends[0]!.turn()[0], sends[0]!.outcome instanceof InvalidStateError], [
    "failed",
    true,
  ]);
  assertEquals(channel.take(), 1);
  const receive = new PlainWaiter<number>(channel.taking, undefined);
  channel.enqueueTaker(receive);
  channel.dropSender(ends[1]);
  assert(receive.turn()[1] instanceof EOFError);
  channel.dropReceiver(ends[2]);
  assertThrows(() => channel.offer(1), ShutDownError);
});
