/** Puts of a child into a queue that its parent serves, which are not answered one by one. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { constructFor } from "../../../src/core/construct_for.ts";
import { ShutDownError } from "../../../src/core/errors.ts";
import {
  JoinableQueue,
  Process,
  Queue,
  SharedArray,
  SimpleQueue,
} from "../../../src/multiprocessing/mod.ts";
import type { Caller } from "../../../src/multiprocessing/objects/served_objects.ts";
import { QueueCore } from "../../../src/multiprocessing/sync/queue_core.ts";
import { halt, isHalting } from "../../support/halt.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { servedQueue } from "../../support/served_queue.ts";
import { Cell, putters } from "../../support/targets/putter_targets.ts";
import { until } from "../../support/until_waiting.ts";

const { random, seed } = seededRandom();

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

async function drain<T>(queue: Queue<T>, count: number): Promise<T[]> {
  const got: T[] = [];
  for (let i = 0; i < count; i++) got.push(await queue.get());
  return got;
}

Deno.test("a child that puts again and again asks once, and what it puts comes in order", async () => {
  let asked = 0;
  class Counting extends QueueCore {
    override offer(caller: Caller, item: unknown, timeout: number | null) {
      asked++;
      return super.offer(caller, item, timeout);
    }
  }
  const queue = constructFor({ core: new Counting(0) }, Queue<number>);
  for (const permissions of ["inherit", "none"] as const) {
    asked = 0;
    const child = new Process({ target: putters.putAll, args: [queue, 1_000], permissions });
    child.start();
    assertEquals(await drain(queue, 1_000), numbers(1_000));
    await child.result;
    await child.join();
    assertEquals(asked, 1);
  }
});

Deno.test("puts that a child begins at once come in order", async () => {
  const queue = servedQueue(Queue<number>);
  for (let round = 0; round < 2; round++) {
    const child = new Process({ target: putters.putTogether, args: [queue, 500] }).start();
    assertEquals(await drain(queue, 500), numbers(500));
    await child.result;
    await child.join();
  }
});

Deno.test("puts go on when their notes are emptied", async () => {
  const queue = servedQueue(Queue<number>);
  const child = new Process({ target: putters.putAll, args: [queue, 40_000] }).start();
  assertEquals(await drain(queue, 40_000), numbers(40_000));
  await child.result;
  await child.join();
});

Deno.test("a bounded queue stays bounded for a child", async () => {
  const queue = servedQueue(Queue<number>, 3);
  const child = new Process({ target: putters.putAll, args: [queue, 100] }).start();
  for (let i = 0; i < 100; i++) {
    assertEquals(await queue.get(), i);
    assert(await queue.qsize() <= 3);
  }
  await child.result;
  await child.join();
});

Deno.test("a put of what cannot cross is refused, and what travels arrives", async () => {
  const queue = servedQueue(Queue<unknown>);
  const child = new Process({ target: putters.putOddly, args: [queue, 50] }).start();
  const got = await drain(queue, 40);
  for (const [i, item] of got.entries()) {
    const at = Math.floor(i / 4) * 5 + [0, 1, 2, 4][i % 4]!;
    if (at % 5 === 4) assert(item instanceof SimpleQueue);
    else assertEquals(item, at);
  }
  assertEquals(await child.result, 10);
  await child.join();
  assertEquals(await queue.empty(), true);
});

Deno.test(`shutdown() leaves in the queue what was put before, and refuses all that comes after (${seed})`, async () => {
  for (let round = 0; round < 6; round++) {
    const queue = servedQueue(Queue<number>), cells = new SharedArray(2);
    const child = new Process({ target: putters.putUntilRefused, args: [queue, cells] }).start();
    await until(() => cells.get(Cell.PUT) > 20, "the child puts");
    await new Promise((resolve) => setTimeout(resolve, random(4)));
    await queue.shutdown();
    const got: number[] = [];
    for await (const item of queue) got.push(item);
    assertEquals(got, numbers(await child.result));
    await child.join();
    cells.unlink();
    cells.close();
  }
});

for (const immediate of [false, true]) {
  Deno.test(`shutdown() does not wait for a busy child that has put: immediate ${immediate}`, async () => {
    const queue = servedQueue(JoinableQueue<number>), cells = new SharedArray(2);
    const child = new Process({ target: putters.putAndSpin, args: [queue, 10, cells] }).start();
    await until(() => cells.get(Cell.PUT) === 10, "the child has put");
    await queue.shutdown({ immediate });
    const got: number[] = [];
    for await (const item of queue) got.push(item);
    assertEquals(got, immediate ? [] : numbers(10));
    cells.set(Cell.GO_ON, 1);
    assertEquals(await child.result, "ShutDownError");
    await child.join();
    cells.unlink();
    cells.close();
  });
}

for (const immediate of [false, true]) {
  Deno.test(`shutdown() waits a while only for a child that does not send what it has put: immediate ${immediate}`, async () => {
    const queue = servedQueue(JoinableQueue<number>), cells = new SharedArray(2);
    const child = new Process({ target: putters.putUnsentAndSpin, args: [queue, 200, cells] });
    child.start();
    await until(() => cells.get(Cell.PUT) === 200, "the child has put");
    await queue.shutdown({ immediate });
    assert(await queue.qsize() < 200, "some are not on their way");
    await assertRejects(() => queue.put(-1), ShutDownError);
    cells.set(Cell.GO_ON, 1);
    assertEquals(await child.result, "ShutDownError");
    await child.join();
    const got: number[] = [];
    for await (const item of queue) got.push(item);
    assertEquals(got, immediate ? [] : numbers(200));
    for (const _ of got) await queue.taskDone();
    await queue.join(); // what was thrown away counts for nothing
    cells.unlink();
    cells.close();
  });
}

Deno.test("a dead child does not hold up shutdown(), whatever it has put and not sent", async () => {
  for (const isStopped of [false, true]) {
    if (isStopped && !isHalting) return;
    const queue = servedQueue(Queue<number>), cells = new SharedArray(2);
    const child = new Process({ target: putters.putUnsentAndSpin, args: [queue, 200, cells] });
    child.start();
    await until(() => cells.get(Cell.PUT) === 200, "the child has put");
    if (isStopped) await halt(child.pid!);
    child.kill();
    await child.join();
    let isDone = false;
    void queue.shutdown().then(() => isDone = true);
    for (let turn = 0; turn < 20; turn++) await null;
    assertEquals(isDone, true);
    cells.unlink();
    cells.close();
  }
});

Deno.test(`what a killed child has put stays (${seed})`, async () => {
  for (let round = 0; round < 4; round++) {
    const queue = servedQueue(Queue<number>), cells = new SharedArray(2);
    const child = new Process({ target: putters.putUntilRefused, args: [queue, cells] }).start();
    await until(() => cells.get(Cell.PUT) > 20, "the child puts");
    await new Promise((resolve) => setTimeout(resolve, random(4)));
    child.kill();
    await child.join();
    await queue.shutdown();
    const got: number[] = [];
    for await (const item of queue) got.push(item);
    const put = cells.get(Cell.PUT);
    // It may have been killed between the put and the count.
    assert(got.length === put || got.length === put + 1, `${got.length} came, ${put} were put`);
    assertEquals(got, numbers(got.length));
    cells.unlink();
    cells.close();
  }
});
