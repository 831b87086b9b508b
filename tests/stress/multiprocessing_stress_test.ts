/** Processes that share a lock, a number and a queue, and are killed at random moments. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { JoinableQueue, Process, Queue, Value } from "../../src/multiprocessing/mod.ts";
import { targets } from "../support/targets/process_targets.ts";
import { until } from "../support/until_waiting.ts";

const seed = Number(Deno.env.get("SEED") ?? Date.now() % 2 ** 31);
let state = seed;

/** A number below 1, the same for the same seed (mulberry32). */
function random(): number {
  state = state + 0x6D2B79F5 | 0;
  let t = Math.imul(state ^ state >>> 15, 1 | state);
  t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
  return ((t ^ t >>> 14) >>> 0) / 4294967296;
}

Deno.test(`stress: a lock survives the processes that are killed with it (seed ${seed})`, async () => {
  const value = new Value();
  const lock = await value.lock;
  for (let round = 0; round < 8; round++) {
    const children = [1, 2, 3].map(() =>
      new Process({ target: targets.increment, args: [value, 10_000] }).start()
    );
    const before = await value.get();
    await until(async () => await value.get() > before, "the children increment");
    await children[0]!.join({ timeout: random() * 150 });
    for (const child of children) {
      child.kill();
      await child.join();
    }
    await using _held = await lock.acquire({ timeout: 5_000 });
    assert(_held !== null, "the lock was given back");
    assertEquals((await lock.statistics()).waiting, 0);
  }
});

Deno.test(`stress: items that were taken by nobody are all there (seed ${seed})`, async () => {
  const queue = new Queue<number>(8);
  const results = new Queue<[number, number]>();
  const total = 400;
  const putting = (async () => {
    for (let i = 0; i < total; i++) await queue.put(i);
    await queue.shutdown();
  })();
  const victims = [1, 2].map(() =>
    new Process({ target: targets.consume, args: [queue, results] }).start()
  );
  await victims[0]!.join({ timeout: 80 + random() * 80 });
  for (const victim of victims) victim.kill();
  await Promise.all(victims.map((victim) => victim.join()));
  const survivor = new Process({ target: targets.consume, args: [queue, results] }).start();
  await survivor.result;
  await survivor.join();
  await putting;
  const got = new Set<number>();
  for (let left = await results.qsize(); left > 0; left--) got.add((await results.get())[0]);
  // Each victim may take two items with it: one that it had, and one on its way.
  assert(got.size >= total - 4, `${total - got.size} items were lost`);
});

Deno.test(`stress: many queues of tasks are joined (seed ${seed})`, async () => {
  for (let round = 0; round < 5; round++) {
    const queue = new JoinableQueue<number>();
    const count = 50 + Math.floor(random() * 200);
    const children = [1, 2].map(() =>
      new Process({ target: targets.finishAll, args: [queue, count] }).start()
    );
    for (let i = 0; i < 2 * count; i++) await queue.put(i);
    await queue.join();
    await Promise.all(children.map((child) => child.result));
    await Promise.all(children.map((child) => child.join()));
  }
});
