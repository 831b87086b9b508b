/** Items that the home of a served queue lends to a child ahead of its asking: they stay the queue's until they are taken. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { constructFor } from "../../../src/core/construct_for.ts";
import { ShutDownError } from "../../../src/core/errors.ts";
import {
  JoinableQueue,
  Lock,
  Process,
  Queue,
  SharedArray,
} from "../../../src/multiprocessing/mod.ts";
import type { Caller } from "../../../src/multiprocessing/objects/served_objects.ts";
import { QueueCore } from "../../../src/multiprocessing/sync/queue_core.ts";
import { fullDisk } from "../../support/full_disk.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { servedQueue } from "../../support/served_queue.ts";
import { borrowers, Word } from "../../support/targets/borrower_targets.ts";
import { until } from "../../support/until_waiting.ts";

const { random, seed } = seededRandom();

/** So many items are in a queue, of which a child takes some. */
const ALL = 100, TAKEN = 10;
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

async function filled<Q extends Queue<number>>(queue: Q, count = ALL): Promise<Q> {
  for (let i = 0; i < count; i++) await queue.put(i);
  return queue;
}

async function drain(queue: Queue<number>, count: number): Promise<number[]> {
  const got: number[] = [];
  for (let i = 0; i < count; i++) got.push(await queue.get());
  return got;
}

/** A child that has taken some, has been lent more and does not return to its event loop before it is told to. */
async function busyChild(queue: Queue<number>) {
  const words = new SharedArray(2);
  const child = new Process({
    target: borrowers.takeAndSpin,
    args: [queue, TAKEN, words],
  }).start();
  await until(() => words.get(Word.REACHED) === 1, "the child has taken some");
  return {
    /** What it got in all. */
    async end(): Promise<unknown[]> {
      words.set(Word.GO_ON, 1);
      const got = await child.result;
      await child.join();
      words.unlink();
      words.close();
      return got;
    },
  };
}

Deno.test("a child that gets one after the other asks for many at once", async () => {
  let asked = 0;
  class Counting extends QueueCore {
    override borrow(caller: Caller, timeout: number | null, wish: number): unknown {
      asked++;
      return super.borrow(caller, timeout, wish);
    }
  }
  const queue = await filled(constructFor({ core: new Counting(0) }, Queue<number>), 2_000);
  for (const permissions of ["inherit", "none"] as const) {
    asked = 0;
    const child = new Process({ target: borrowers.take, args: [queue, 1_000], permissions })
      .start();
    assertEquals((await child.result).length, 1_000);
    await child.join();
    assert(asked < 30, `${asked} questions for 1,000 items`);
  }
});

Deno.test("what a busy child was lent and has not taken goes to whoever asks, in order", async () => {
  const queue = await filled(servedQueue(Queue<number>));
  const child = await busyChild(queue);
  assertEquals(await queue.qsize(), ALL - TAKEN);
  assertEquals((await queue.statistics()).size, ALL - TAKEN);
  assertEquals(await drain(queue, ALL - TAKEN), numbers(TAKEN, ALL));
  assertEquals(await queue.empty(), true);
  await queue.put(ALL);
  assertEquals(await child.end(), [...numbers(0, TAKEN), ALL]);
});

Deno.test({
  name:
    "on a full disk too, what a busy child was lent and has not taken goes to whoever asks, in order",
  ignore: Deno.build.os === "windows", // where a file cannot grow then, however it does
  fn: async () => {
    const queue = await filled(servedQueue(Queue<number>), 3 * ALL);
    const child = await busyChild(queue);
    {
      using disk = fullDisk();
      assertEquals(await drain(queue, 3 * ALL - TAKEN), numbers(TAKEN, 3 * ALL));
      assertEquals(disk.said.length, 1);
    }
    assertEquals(await queue.empty(), true);
    await queue.put(3 * ALL);
    assertEquals(await child.end(), [...numbers(0, TAKEN), 3 * ALL]);
  },
});

Deno.test("what goes back from a child comes before what was put meanwhile", async () => {
  const queue = await filled(servedQueue(Queue<number>), TAKEN + 2);
  const child = await busyChild(queue);
  await queue.put(TAKEN + 2);
  assertEquals(await drain(queue, 3), numbers(TAKEN, TAKEN + 3));
  assertEquals(await child.end(), [...numbers(0, TAKEN), undefined]);
});

Deno.test("shutdown() leaves what a child was lent, and drops it with immediate", async () => {
  const queue = await filled(servedQueue(JoinableQueue<number>));
  const child = await busyChild(queue);
  for (let i = 0; i < TAKEN; i++) await queue.taskDone();
  let isJoined = false;
  const joined = queue.join().then(() => isJoined = true);
  await queue.shutdown();
  assertEquals([await queue.qsize(), isJoined], [ALL - TAKEN, false]);
  assertEquals(await queue.get(), TAKEN);
  await queue.taskDone();
  await queue.shutdown({ immediate: true });
  await joined;
  assertEquals(await queue.qsize(), 0);
  assertEquals(await child.end(), [...numbers(0, TAKEN), "ShutDownError"]);
  await assertRejects(() => queue.get(), ShutDownError);
});

Deno.test("what a killed child was lent and had not taken comes back in order", async () => {
  const queue = await filled(servedQueue(Queue<number>));
  using words = new SharedArray(2);
  const child = new Process({
    target: borrowers.takeAndRest,
    args: [queue, TAKEN, words],
  }).start();
  await until(() => words.get(Word.REACHED) === 1, "the child has taken some");
  child.kill();
  await child.join();
  assertEquals(await queue.qsize(), ALL - TAKEN);
  assertEquals(await drain(queue, ALL - TAKEN), numbers(TAKEN, ALL));
  words.unlink();
});

Deno.test("a child is lent nothing with locks in it before it asks", async () => {
  const queue = servedQueue(Queue<unknown>);
  const lock = new Lock();
  for (let i = 0; i < 40; i++) await queue.put(i % 8 === 7 ? { lock } : i);
  const child = new Process({
    target: borrowers.take as (queue: Queue<unknown>, count: number) => Promise<unknown[]>,
    args: [queue, 40],
  }).start();
  const got = await child.result;
  await child.join();
  for (const [i, item] of got.entries()) {
    if (i % 8 === 7) assert((item as { lock: unknown }).lock === lock);
    else assertEquals(item, i);
  }
});

Deno.test("children that get at the same time, singly and together, get each item once and in order", async () => {
  const queue = servedQueue(Queue<number>);
  const single = [1, 2].map(() => new Process({ target: borrowers.takeAll, args: [queue] }));
  const together = new Process({ target: borrowers.takeTogether, args: [queue, 3] });
  const children = [...single, together].map((child) => child.start());
  const putters = [0, 1].map(async (who) => {
    for (let i = 0; i < 2_000; i++) {
      await queue.put(2 * i + who);
      if (i % 64 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  });
  const own = borrowers.takeAll(queue);
  await Promise.all(putters);
  await queue.shutdown();
  const got = [await own, ...await Promise.all(children.map((child) => child.result))];
  await Promise.all(children.map((child) => child.join()));
  assertEquals(got.flat().toSorted((a, b) => a - b), numbers(0, 4_000));
  for (const items of got.slice(0, 3)) {
    for (const who of [0, 1]) {
      const each = items.filter((item) => item % 2 === who);
      assertEquals(each, each.toSorted((a, b) => a - b));
    }
  }
});

Deno.test(`children that give gets up at random lose nothing, and get nothing twice (${seed})`, async () => {
  for (const getters of [[1], [1, 1], [1, 2]]) {
    const queue = servedQueue(Queue<number>);
    const children = getters.map((_, i) =>
      new Process({ target: borrowers.takeFitfully, args: [queue, random(2 ** 31) + i] }).start()
    );
    const put = async (from: number): Promise<void> => {
      for (let i = from; i < 3_000; i += 2) {
        await queue.put(i);
        if (random(100) === 0) await new Promise((resolve) => setTimeout(resolve, random(3)));
      }
    };
    await Promise.all([put(0), put(1)]);
    await until(() => queue.empty(), "the children have taken all");
    await queue.shutdown();
    const got = (await Promise.all(children.map((child) => child.result))).flat();
    await Promise.all(children.map((child) => child.join()));
    assertEquals(got.toSorted((a, b) => a - b), numbers(0, 3_000));
  }
});

Deno.test("a child reports what it got as done without a question, and hears when it is too much", async () => {
  let asked = 0;
  class Counting extends QueueCore {
    override taskDone(): void {
      asked++;
      super.taskDone();
    }
  }
  const queue = constructFor({ core: new Counting(0) }, JoinableQueue<number>);
  await filled(queue, 500);
  const joined = queue.join();
  const first = new Process({ target: borrowers.take, args: [queue, 1] }).start();
  await first.result;
  await first.join();
  const child = new Process({ target: borrowers.takeAndFinish, args: [queue, 499] }).start();
  // The last report is not of what it got itself: it is that of the first.
  assertEquals(await child.result, "done");
  await child.join();
  await joined;
  assertEquals(asked, 1);
  await assertRejects(() => queue.taskDone(), RangeError);
});

Deno.test("a child whose item another has reported as done hears that its own report was one too many", async () => {
  const queue = servedQueue(JoinableQueue<number>), words = new SharedArray(2);
  await queue.put(1);
  const child = new Process({ target: borrowers.finishForOthers, args: [queue, words] }).start();
  await until(() => words.get(Word.REACHED) === 1, "the child has taken it");
  await queue.taskDone();
  words.set(Word.GO_ON, 1);
  assertEquals(await child.result, "RangeError");
  await child.join();
  words.unlink();
  words.close();
});
