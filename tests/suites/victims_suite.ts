/**
 * Processes that use a primitive between processes and are killed at random instants: whoever is left goes on, and nothing
 * is lost but what the killed was doing.
 *
 *     round    three victims begin · one is killed, the others go on · another is killed, the last goes on · it is killed
 */
import { assert, assertEquals } from "@std/assert";
import * as mp from "../../src/multiprocessing/mod.ts";
import type { Cells } from "../support/cells.ts";
import { type KillGround, MAPPED, type Victim } from "../support/kill_grounds.ts";
import type { SeededRandom } from "../support/seeded_random.ts";
import { GUARDED, victims } from "../support/targets/victim_targets.ts";
import { until } from "../support/until_waiting.ts";

/** Three victims of one primitive. */
interface Round {
  /** Starts the victim that counts in cell `me`. */
  start(cells: Cells, me: number, later: boolean): Victim;
  /** Helps those that are left along, where they need somebody; called again and again. */
  help?(cells: Cells): Promise<void>;
  /** How many may be killed before the others cannot go on any more. */
  readonly bearable?: number;
  /** Looks at the primitive when all are dead. */
  end(done: number, cells: Cells): Promise<void>;
}

const VICTIMS = 3;

function locked(
  ground: KillGround,
  lock: mp.Lock | mp.RLock,
  target: (...args: never[]) => unknown,
): Round {
  return {
    start: (cells, me, later) => ground.start(target, [lock, cells, me, later]),
    async end(done, cells) {
      await using held = await lock.acquire({ timeout: 60_000 });
      assert(held !== null, "the lock is free when all that could hold it are dead");
      const lost = cells.get(GUARDED) - done;
      const { abandoned, waiting } = await lock.statistics();
      assert(
        lost >= 0 && lost <= abandoned,
        `${lost} steps are half done, ${abandoned} died in one`,
      );
      assert(abandoned <= VICTIMS);
      assertEquals(waiting, 0);
    },
  };
}

const ROUNDS: Record<string, (ground: KillGround) => Round> = {
  Lock: (ground) => locked(ground, ground.way.lock(), victims.lock),
  RLock: (ground) => locked(ground, ground.way.rlock(), victims.rlock),
  Semaphore(ground) {
    const semaphore = ground.way.semaphore(2);
    return {
      bearable: 1,
      start: (cells, me, later) => ground.start(victims.semaphore, [semaphore, cells, me, later]),
      async end() {
        const { value, waiting } = await semaphore.statistics();
        assert(value >= 0 && value <= 2, `${value} permits`);
        assertEquals(waiting, 0);
      },
    };
  },
  Event(ground) {
    const event = ground.way.event();
    return {
      start: (cells, me, later) => ground.start(victims.event, [event, cells, me, later]),
      async help() {
        if (!await event.isSet()) await event.set(); // one that is set wakes its waiters without help
      },
      async end() {
        assertEquals((await event.statistics()).waiting, 0);
      },
    };
  },
  Condition(ground) {
    const condition = ground.way.condition(ground.way.lock());
    return {
      start: (cells, me, later) => ground.start(victims.condition, [condition, cells, me, later]),
      async help(cells) {
        await using held = await condition.acquire({ timeout: 60_000 });
        assert(held !== null, "the lock of the condition is to be had");
        if (cells.get(GUARDED) > 0) return; // a notification for each of these is under way
        cells.set(GUARDED, 2);
        await condition.notify(2);
      },
      async end() {
        assertEquals(await condition.statistics(), { waiting: 0, locked: false });
      },
    };
  },
  Barrier(ground) {
    const barrier = ground.way.barrier(VICTIMS);
    return {
      bearable: 1,
      start: (cells, me, later) => ground.start(victims.barrier, [barrier, cells, me, later]),
      async help() {
        if (await barrier.broken) await barrier.reset();
        else if (await barrier.nWaiting === VICTIMS - 1) {
          await barrier.wait().catch((error) => assert(error instanceof mp.BrokenBarrierError));
        }
      },
      async end() {
        await barrier.reset();
        assertEquals(await barrier.statistics(), { parties: VICTIMS, waiting: 0, broken: false });
      },
    };
  },
  Value(ground) {
    const value = ground.way.value();
    return {
      start: (cells, me) => ground.start(victims.value, [value, cells, me]),
      async end(done) {
        const ahead = await value.get() - done;
        assert(ahead >= 0 && ahead <= VICTIMS, `${ahead} more than was counted`);
      },
    };
  },
};

/** The primitives. */
export const KINDS: readonly string[] = Object.keys(ROUNDS);

/** Plays one round; three processes are killed. */
export async function killThree(
  kind: string,
  random: SeededRandom["random"],
  ground: KillGround = MAPPED,
): Promise<void> {
  const round = ROUNDS[kind]!(ground);
  using cells = ground.cells(1 + VICTIMS);
  const alive = new Map<number, Victim>();
  try {
    for (let me = 1; me <= VICTIMS; me++) {
      alive.set(me, round.start(cells, me, !ground.blocks(random)));
    }
    const goOn = async (): Promise<void> => {
      const before = new Map([...alive.keys()].map((me) => [me, cells.get(me)]));
      await until(async () => {
        await round.help?.(cells);
        return [...alive.keys()].every((me) => cells.get(me) > before.get(me)!);
      }, `${kind}: ${[...alive.keys()].join(" and ")} of three go on`);
    };
    await goOn();
    for (let dead = 1; dead <= VICTIMS; dead++) {
      const me = [...alive.keys()][random(alive.size)]!;
      await new Promise((resolve) => setTimeout(resolve, random(4)));
      const victim = alive.get(me)!;
      victim.kill();
      await victim.join();
      alive.delete(me);
      if (alive.size > 0 && dead <= (round.bearable ?? VICTIMS)) await goOn();
    }
    const done = [1, 2, 3].reduce((sum, me) => sum + cells.get(me), 0);
    await round.end(done, cells);
  } finally {
    for (const victim of alive.values()) {
      victim.kill();
      await victim.join();
    }
    cells.unlink();
  }
}
