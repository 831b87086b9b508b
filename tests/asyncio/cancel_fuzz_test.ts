/** Random cancels and timeouts against every primitive: nothing is lost, nothing is given twice. The seed is printed when one fails. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { perturb, VirtualClock } from "../../src/testing/mod.ts";
import { randomOf } from "../support/seeded_random.ts";

const SEEDS = Array.from({ length: 25 }, (_, i) => 7919 * (i + 1));

async function fuzz(
  seed: number,
  work: (pick: (below: number) => number, n: number) => Promise<void>,
): Promise<void> {
  using _clock = new VirtualClock();
  using _order = perturb(seed);
  const pick = randomOf(seed);
  try {
    await aio.run(async () => {
      const tasks = Array.from({ length: 30 }, (_, n) => aio.createTask(() => work(pick, n)));
      for (let i = 0; i < 25; i++) {
        await aio.sleep(pick(3));
        tasks[pick(tasks.length)]!.cancel();
      }
      await aio.wait(tasks);
      for (const task of tasks) if (!task.cancelled() && task.exception() !== null) task.result();
    });
  } catch (error) {
    throw new Error(`failed with seed ${seed}`, { cause: error });
  }
}

Deno.test("Lock: under random cancels and timeouts one at a time, and free in the end", async () => {
  for (const seed of SEEDS) {
    const lock = new aio.Lock();
    let inside = 0;
    await fuzz(seed, async (pick) => {
      for (let i = 0; i < 3; i++) {
        using held = await lock.acquire(pick(3) === 0 ? { timeout: pick(4) } : undefined);
        if (held === null) continue;
        assertEquals(++inside, 1);
        try {
          if (pick(2) === 0) await aio.sleep(pick(2));
        } finally {
          inside--;
        }
      }
    });
    assertEquals(lock.statistics(), { locked: false, waiting: 0 }, `seed ${seed}`);
  }
});

Deno.test("Semaphore: under random cancels no permit is lost or made", async () => {
  for (const seed of SEEDS) {
    const semaphore = new aio.BoundedSemaphore(3);
    let inside = 0;
    await fuzz(seed, async (pick) => {
      for (let i = 0; i < 3; i++) {
        using held = await semaphore.acquire(pick(3) === 0 ? { timeout: pick(4) } : undefined);
        if (held === null) continue;
        assert(++inside <= 3);
        try {
          if (pick(2) === 0) await aio.sleep(pick(2));
        } finally {
          inside--;
        }
      }
    });
    assertEquals(semaphore.statistics(), { value: 3, waiting: 0 }, `seed ${seed}`);
  }
});

Deno.test("Queue: under random cancels every item that was put is got once, or is still there", async () => {
  for (const seed of SEEDS) {
    const queue = new aio.Queue<number>(2);
    const put: number[] = [], got: number[] = [];
    let next = 0;
    await fuzz(seed, async (pick, n) => {
      for (let i = 0; i < 3; i++) {
        try {
          if (n % 2 === 0) {
            const item = next++;
            await queue.put(item, { timeout: 1 + pick(5) });
            put.push(item);
          } else {
            got.push(await queue.get({ timeout: 1 + pick(5) }));
          }
        } catch (error) {
          if (!(error instanceof aio.EmptyError || error instanceof aio.FullError)) throw error;
        }
      }
    });
    while (!queue.empty()) got.push(queue.getNowait());
    // A put that was let in and then cancelled has put its item all the same.
    assertEquals(got.length, new Set(got).size, `twice, seed ${seed}`);
    for (const item of put) assert(got.includes(item), `lost ${item}, seed ${seed}`);
    assertEquals([queue.statistics().waitingToGet, queue.statistics().waitingToPut], [0, 0]);
  }
});

Deno.test("Condition: under random cancels and notifies nobody keeps the lock", async () => {
  for (const seed of SEEDS) {
    const condition = new aio.Condition();
    await fuzz(seed, async (pick, n) => {
      for (let i = 0; i < 3; i++) {
        using _held = await condition.acquire();
        if (n % 3 === 0) condition.notify(1 + pick(2));
        else await condition.wait({ timeout: pick(4) });
      }
    });
    assertEquals(condition.statistics(), { locked: false, waiting: 0 }, `seed ${seed}`);
  }
});

Deno.test("channel: under random cancels every item that was sent is received once", async () => {
  for (const seed of SEEDS) {
    const [sender, receiver] = aio.openChannel<number>(seed % 3);
    const sent: number[] = [], got: number[] = [];
    let next = 0;
    await fuzz(seed, async (pick, n) => {
      for (let i = 0; i < 3; i++) {
        try {
          if (n % 2 === 0) {
            const item = next++;
            await sender.send(item, { timeout: 1 + pick(5) });
            sent.push(item);
          } else {
            got.push(await receiver.receive({ timeout: 1 + pick(5) }));
          }
        } catch (error) {
          if (!(error instanceof aio.EmptyError || error instanceof aio.FullError)) throw error;
        }
      }
    });
    for (let item = receiver.tryReceive(); item !== undefined; item = receiver.tryReceive()) {
      got.push(item);
    }
    assertEquals(got.length, new Set(got).size, `twice, seed ${seed}`);
    for (const item of sent) assert(got.includes(item), `lost ${item}, seed ${seed}`);
  }
});
