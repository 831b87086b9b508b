/**
 * Processes that put, take, send and receive are killed at random instants: nothing is torn, nothing is lost that was put
 * completely and not taken, nobody hangs.
 */
import { assert, assertEquals } from "@std/assert";
import type * as mp from "../../src/multiprocessing/mod.ts";
import type { Cells } from "../support/cells.ts";
import { type KillGround, MAPPED, type Victim } from "../support/kill_grounds.ts";
import type { SeededRandom } from "../support/seeded_random.ts";
import { check, type Item, itemOf, MOST, ringVictims } from "../support/targets/ring_victims.ts";
import { until } from "../support/until_waiting.ts";

type Random = SeededRandom["random"];

/** How many are killed in a round. */
export const KILLS = { queue: 4, pipe: 1 } as const;

const PUTTERS = [0, 1] as const;
const TAKERS = [0, 1] as const;

/** Ends with how many were killed; any error of their own is one of the test. */
async function kill(victim: Victim, random: Random): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, random(5)));
  assert(victim.isAlive, `${victim.name} ended by itself with ${victim.exitCode}`);
  victim.kill();
  await victim.join();
}

/** Two put into a queue, two take from it; all four are killed, one after the other. */
export async function killAtQueue(random: Random, ground: KillGround = MAPPED): Promise<void> {
  const queue = ground.queue<Item>([0, 1, 5][random(3)]!);
  using put = ground.cells(PUTTERS.length);
  using taken = ground.cells(TAKERS.length);
  using seen = ground.cells(PUTTERS.length * MOST);
  try {
    const blocks = (): boolean => ground.blocks(random);
    const putters = new Map<number, Victim>();
    const takers = new Map<number, Victim>();
    for (const who of PUTTERS) {
      putters.set(who, ground.start(ringVictims.put, [queue, put, who, blocks()]));
    }
    for (const me of TAKERS) {
      takers.set(me, ground.start(ringVictims.take, [queue, seen, taken, me, blocks()]));
    }
    let killedTakers = 0;
    for (let dead = 0; dead <= KILLS.queue; dead++) {
      const before = [...taken];
      if (putters.size > 0) {
        // Those that put rest when they have put their most; a taker may have nothing left then.
        const isOver = (): boolean => [...putters.keys()].every((who) => put.get(who) === MOST);
        await until(
          () =>
            [...takers.keys()].every((me) => taken.get(me) > before[me]! || isOver()) &&
            [...putters.keys()].every((who) => put.get(who) > 0),
          () =>
            `of ${[...putters.keys()]} put ${[...put]}, of ${[...takers.keys()]} took ${[
              ...taken,
            ]}`,
        );
      }
      if (dead === KILLS.queue) break;
      const all = [...putters.values(), ...takers.values()];
      const victim = all[random(all.length)]!;
      if ([...takers.values()].includes(victim)) killedTakers++;
      await kill(victim, random);
      for (const group of [putters, takers]) {
        for (const [key, each] of group) if (each === victim) group.delete(key);
      }
    }
    await rest(queue, put, seen, killedTakers);
  } finally {
    for (const each of [put, taken, seen]) each.unlink();
  }
}

/** Takes what is left, and counts. */
async function rest(
  queue: mp.Queue<Item>,
  put: Cells,
  seen: Cells,
  killedTakers: number,
): Promise<void> {
  for (let item = await queue.tryGet(); item !== undefined; item = await queue.tryGet()) {
    check(item);
    seen.add(item[0] * MOST + item[1], 1);
  }
  let lost = 0;
  for (const who of PUTTERS) {
    const counted = put.get(who);
    for (let number = 0; number < counted; number++) {
      const times = seen.get(who * MOST + number);
      assert(times <= 1, `item ${number} of ${who} came ${times} times`);
      if (times === 0) lost++;
    }
    // It may have been killed between the put and the count.
    for (let number = counted + 1; number < Math.min(MOST, counted + 100); number++) {
      assertEquals(seen.get(who * MOST + number), 0);
    }
  }
  assert(lost <= killedTakers, `${lost} items are lost, ${killedTakers} were killed that took`);
  assertEquals(
    await queue.statistics().then((
      { waitingToGet, waitingToPut, size },
    ) => [waitingToGet, waitingToPut, size]),
    [0, 0, 0],
  );
  await queue.put(itemOf(0, 1));
  assertEquals(await queue.get(), itemOf(0, 1));
}

/**
 * One process sends to another; one of them is killed, and the other sees the end. In between is nothing lost. The receiver may
 * come when the sender is far ahead.
 */
export async function killAtPipe(random: Random, ground: KillGround = MAPPED): Promise<void> {
  using sent = ground.cells(1);
  using received = ground.cells(1);
  const [reader, writer] = ground.pipe<Item>();
  const story: string[] = [];
  const note = (what: string): void => {
    story.push(`${what}: ${sent.get(0)} sent, ${received.get(0)} received`);
  };
  try {
    const sender = ground.start(ringVictims.send, [writer, sent, ground.blocks(random)]);
    const headStart = random(3) === 0 ? random(ground.ahead) : 0;
    await until(() => sent.get(0) >= headStart, () => `${headStart} messages are sent`);
    note("the receiver starts");
    const receiver = ground.start(ringVictims.receive, [reader, received, ground.blocks(random)]);
    await until(() => received.get(0) > 0, "messages come");
    note("messages come");
    if (random(2) === 0) {
      await kill(sender, random);
      note("the sender is dead");
      const count = await receiver.result as number;
      const complete = sent.get(0);
      assert(count === complete || count === complete + 1, `${count} of ${complete} came`);
    } else {
      await kill(receiver, random);
      note("the receiver is dead");
      await sender.result;
      assert(received.get(0) <= sent.get(0) + 1);
    }
    await Promise.all([sender.join(), receiver.join()]);
  } catch (error) {
    note("it fails");
    throw new Error(`${ground.name}: ${story.join("; ")}: ${error}`, { cause: error });
  } finally {
    sent.unlink();
    received.unlink();
  }
}
