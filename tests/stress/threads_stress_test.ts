/** Many threads, many times. `SEED=N` repeats a run. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { Barrier, Lock, RWLock, Semaphore, Thread } from "../../src/threading/mod.ts";
import { Queue } from "../../src/queue/mod.ts";
import { stress } from "../support/targets/stress_targets.ts";
import { threadTest } from "../support/threads_gone.ts";

const seed = Number(Deno.env.get("SEED") ?? Math.ceil(Math.random() * 1e9));
console.log(`SEED=${seed}`);

const cells = (n: number) => new Int32Array(new SharedArrayBuffer(4 * n));

function run<A extends unknown[], R>(target: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
  return new Thread({ target, args }).start().result;
}

threadTest("one thread counts", async () => {
  const cell = cells(1); // the first loads and checks the targets for all
  await run(stress.increment, new Lock(), cell, new Barrier(1), 1);
  assertEquals(cell[0], 1);
});

threadTest("ten threads with 10,000 increments each give 100,000", async () => {
  for (const fair of [false, true]) {
    const lock = new Lock({ fair }), cell = cells(1), start = new Barrier(10);
    const times = fair ? 100 : 10_000;
    await Promise.all(
      Array.from({ length: 10 }, () => run(stress.increment, lock, cell, start, times)),
    );
    assertEquals(cell[0], 10 * times);
  }
});

threadTest(
  "a million items of four producers reach four consumers once, in each producer's order",
  async () => {
    const queue = new Queue<number>(1000), each = 250_000;
    const consumers = Array.from({ length: 4 }, () => run(stress.consume, queue, 4));
    await Promise.all([0, 1, 2, 3].map((me) => run(stress.produce, queue, me, each)));
    queue.shutdown();
    const seen = await Promise.all(consumers);
    assertEquals(seen.reduce((sum, { count }) => sum + count, 0), 4 * each);
    assertEquals(seen.reduce((sum, each) => sum + each.sum, 0), 4 * each * (each - 1) / 2);
    assert(seen.every(({ ordered }) => ordered));
  },
);

threadTest("every way to wait, mixed by chance, loses nothing", async () => {
  for (const fair of [false, true]) {
    const lock = new Lock({ fair }), semaphore = new Semaphore(2, { fair }), cell = cells(2);
    const done = await Promise.all(
      [1, 2, 3, 4].map((i) => run(stress.mixed, lock, semaphore, cell, seed + i, 400)),
    );
    assertEquals(cell[0], done.reduce((a, b) => a + b));
    assertEquals([lock.locked(), semaphore.value], [false, 2]);
  }
});

threadTest("readers never see half a write", async () => {
  const lock = new RWLock(), both = cells(2);
  const written = await Promise.all(
    [1, 2, 3, 4].map((i) => run(stress.readAndWrite, lock, both, seed + i, 2000)),
  );
  assertEquals([both[0], both[1]], [both[0], written.reduce((a, b) => a + b)]);
});

threadTest("a thousand passes of a barrier stay in step", async () => {
  const barrier = new Barrier(4), passes = cells(4);
  await Promise.all([0, 1, 2, 3].map((me) => run(stress.pass, barrier, passes, me, 1000)));
  assertEquals([...passes], [1000, 1000, 1000, 1000]);
});
