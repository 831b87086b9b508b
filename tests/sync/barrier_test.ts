import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { BrokenBarrierError } from "../../src/core/errors.ts";
import { BarrierState } from "../../src/sync/barrier.ts";
import { EventState } from "../../src/sync/event.ts";
import { everyOrder, type Steps } from "../model/interleaving.ts";
import { PlainWaiter } from "../support/plain_waiter.ts";

type Index = number | null;

class World {
  readonly later: (() => void)[] = [];
  readonly barrier = new BarrierState(2, (work) => this.later.push(work));
  readonly rounds: number[] = [0, 0];
  readonly waiters: PlainWaiter<Index>[] = [];
  broken = 0;
}

/** Meets the other `times` times. */
function party(me: number, times: number): Steps<World> {
  return function* (world, wait) {
    for (let round = 0; round < times; round++) {
      world.rounds[me]!++;
      if (world.barrier.tryArrive() === null) {
        const waiter = world.waiters[me] = new PlainWaiter<Index>(world.barrier, undefined);
        world.barrier.enqueue(waiter);
        yield wait(() => waiter.woken);
        if (waiter.turn()[0] === "failed") world.broken++;
      }
      yield;
    }
  };
}

Deno.test("BarrierState: in every order the parties stay in step, round after round", () => {
  const orders = everyOrder<World>(
    () => new World(),
    [party(0, 3), party(1, 3), function* (world, wait) {
      // Ends when both parties have had their rounds.
      while (world.rounds.some((round) => round < 3) || world.later.length > 0) {
        yield wait(() => world.later.length > 0 || world.rounds.every((round) => round === 3));
        world.later.shift()?.();
      }
    }],
    ({ rounds }) => assert(Math.abs(rounds[0]! - rounds[1]!) <= 1, String(rounds)),
    (world) => assertEquals([world.broken, world.barrier.waiting], [0, 0]),
  );
  assert(orders > 20, String(orders));
});

Deno.test("BarrierState: one that leaves leaves the count, or breaks a fragile barrier", () => {
  for (const fragile of [false, true]) {
    for (const leave of ["withdraw", "expire", "abandon", "vanish"] as const) {
      const barrier = new BarrierState(3, (work) => work(), undefined, fragile);
      const waiters = [1, 2].map(() => new PlainWaiter<Index>(barrier, undefined));
      for (const waiter of waiters) barrier.enqueue(waiter);
      waiters[0]![leave]("reason");
      assertEquals([barrier.broken, barrier.waiting], [fragile, fragile ? 0 : 1]);
      const states = {
        withdraw: "withdrawn",
        expire: "expired",
        abandon: "failed",
        vanish: "vanished",
      };
      const own = fragile && leave === "expire" ? "failed" : states[leave];
      assertEquals(waiters.map((waiter) => waiter.state), [own, fragile ? "failed" : "waiting"]);
      if (fragile) assertThrows(() => barrier.tryArrive(), BrokenBarrierError);
    }
  }
});

Deno.test("BarrierState: a reset sends away those of its round only", () => {
  const world = new World();
  const { barrier } = world;
  const first = new PlainWaiter<Index>(barrier, undefined);
  barrier.enqueue(first);
  assertEquals(barrier.tryArrive(), 1);
  // The last has gone on and comes again before the first had its turn.
  assertEquals(barrier.tryArrive(), null);
  const early = new PlainWaiter<Index>(barrier, undefined);
  barrier.enqueue(early);
  assertEquals(first.turn(), ["granted", 0]);
  barrier.reset();
  assertEquals(early.woken, false, "it is of the next round");
  for (const work of world.later) work();
  barrier.reset();
  assertEquals(early.turn()[0], "failed");
});

Deno.test("BarrierState: an action that throws, aborts or waits for its own barrier", () => {
  for (const harm of ["throw", "abort"] as const) {
    const barrier: BarrierState = new BarrierState(2, (work) => work(), () => {
      if (harm === "throw") throw new Deno.errors.Busy("action");
      barrier.abort();
    });
    const first = new PlainWaiter<Index>(barrier, undefined);
    barrier.enqueue(first);
    assertThrows(
      () => barrier.tryArrive(),
      harm === "throw" ? Deno.errors.Busy : BrokenBarrierError,
    );
    assertEquals([first.turn()[0], barrier.broken], ["failed", true]);
  }
  let inAction: Index = 0;
  const barrier: BarrierState = new BarrierState(1, (work) => work(), () => {
    inAction = barrier.tryArrive();
  });
  assertEquals([barrier.tryArrive(), inAction], [0, null]);
});

Deno.test("BarrierState: one that leaves is not counted", () => {
  const barrier = new BarrierState(2, (work) => work());
  const first = new PlainWaiter<Index>(barrier, undefined);
  barrier.enqueue(first);
  first.withdraw();
  assertEquals([barrier.waiting, barrier.tryArrive()], [0, null]);
});

Deno.test("EventState: one that was granted goes on after a clear; one that left is not woken", () => {
  const event = new EventState();
  const [stays, leaves] = [1, 2].map(() => new PlainWaiter<boolean>(event, undefined));
  event.enqueue(stays!);
  event.enqueue(leaves!);
  leaves!.expire();
  event.set();
  event.clear();
  assertEquals([stays!.turn(), leaves!.turn()], [["granted", true], ["expired", false]]);
  assertEquals(event.waiting, 0);
});
