/** Jobs share nothing by being sent together, and one that is cancelled gives back what it held. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { portable, ThreadPoolExecutor, TransferError } from "@quartet/concurrency/futures";
import { Lock as ProcessLock } from "@quartet/concurrency/multiprocessing";
import { Lock } from "@quartet/concurrency/threading";
import { travels } from "../../src/shared/memory/handle.ts";
import { load } from "../../src/shared/memory/words.ts";
import { decode } from "../../src/wire/codec/codec.ts";
import { testEachExecutor } from "../support/each_executor.ts";
import { computeBefore, Gate } from "../support/gate.ts";

const jobs = portable(import.meta, {
  grow(list: number[]): number[] {
    list.push(1);
    return list;
  },
  same<T>(value: T): T {
    return value;
  },
  nothing(_lock?: Lock): void {},
});

const pools = { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"], width: 1 };

testEachExecutor("the same argument to many jobs is a value of each", async (executor) => {
  for (const list of [[0], [0, new Error("x")]]) {
    const grown = await Promise.all(
      Array.from({ length: 300 }, () => executor.submit(jobs.grow, list as number[]).then()),
    );
    assertEquals(new Set(grown).size, 300);
    assert(grown.every((each) => each.length === list.length + 1));
  }
  const again = await Promise.all(
    Array.from({ length: 50 }, () => executor.submit(jobs.same, [1]).then()),
  );
  assertEquals(new Set(again).size, 50);
}, pools);

Deno.test("a lock that set out with a job that is taken back and cancelled is not on its way any more", async () => {
  const lock = new Lock();
  const handle = lock[travels]("thread");
  const at = handle.data as number;
  decode({ value: { "\u0000quartet": "handle", handle }, marked: true }, "thread");
  const before = load(at);
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  for (let n = 0; n < 10; n++) { // short jobs widen the window
    await Promise.all(Array.from({ length: 100 }, () => pool.submit(jobs.nothing).then()));
  }
  using gate = new Gate();
  const hog = pool.submit(computeBefore, gate.folder);
  await Promise.resolve();
  const waiting = Array.from({ length: 100 }, () => pool.submit(jobs.nothing, lock));
  await Promise.resolve();
  assert(load(at) !== before); // some were sent, behind the hog
  for (const job of waiting) assert(job.cancel());
  assertEquals(load(at), before);
  gate.open();
  await hog;
  await Promise.allSettled(waiting.map((job) => job.then()));
});

Deno.test("a lock beside something that cannot set out stays", async () => {
  const lock = new Lock();
  const handle = lock[travels]("thread");
  const at = handle.data as number;
  decode({ value: { "\u0000quartet": "handle", handle }, marked: true }, "thread");
  const before = load(at);
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const far = new ProcessLock(); // which refuses to go to a thread
  for (const args of [[lock, far], [far, lock], [lock, () => 1]]) {
    await assertRejects(async () => await pool.submit(jobs.same, args), TransferError);
  }
  assertEquals(load(at), before);
  assertEquals(await pool.submit(jobs.same, 5), 5);
});
