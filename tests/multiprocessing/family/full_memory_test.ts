/** When the family's memory is full: what can be served is, the rest is an error that changes nothing, and room comes back. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import * as mp from "../../../src/multiprocessing/mod.ts";
import { RingPipe } from "../../../src/multiprocessing/connection/ring_pipe.ts";
import { Family } from "../../../src/multiprocessing/family/family.ts";
import { Form } from "../../../src/multiprocessing/family/item.ts";
import { Ring } from "../../../src/multiprocessing/family/ring.ts";
import { blockOf } from "../../../src/multiprocessing/objects/shared_object.ts";
import { claimedPages, fillFamily } from "../../support/family_pages.ts";
import { targets } from "../../support/targets/process_targets.ts";

const ignore = Deno.build.os !== "linux";

Deno.test(
  "what is made when the memory is full is served, in its home and in a child",
  { ignore },
  async () => {
    using _full = fillFamily();
    const lock = new mp.Lock(), rlock = new mp.RLock(), semaphore = new mp.Semaphore(1);
    const event = new mp.Event(), condition = new mp.Condition(), barrier = new mp.Barrier(1);
    const value = new mp.Value(), queue = new mp.Queue<number>(), [near, far] = mp.Pipe<number>();
    for (const each of [lock, rlock, semaphore, event, condition, barrier, value, queue]) {
      assertEquals(blockOf(each), null, each.constructor.name);
    }
    for (const each of [lock, rlock, semaphore, condition]) {
      await using _held = await each.acquire();
    }
    await event.set();
    await event.wait();
    await barrier.wait();
    await queue.put(1);
    assertEquals(await queue.get(), 1);
    await near.send(2);
    assertEquals(await far.recv(), 2);
    near.close();
    far.close();
    await using child = new mp.Process({ target: targets.increment, args: [value, 20] }).start();
    await targets.increment(value, 20);
    await child.result;
    assertEquals(await value.get(), 40);
    assertThrows(() => lock.acquireSync(), mp.InvalidStateError, "room in it when it was made");
    assertThrows(() => queue.putSync(1), Deno.errors.NotSupported, "not full");
  },
);

Deno.test("a pipe that finds room for the second of its rings only leaves none behind", {
  ignore,
}, () => {
  const { pages } = Family.join()!;
  const before = pages.used;
  const { create } = Ring;
  let made = 0;
  Ring.create = (...args) => made++ === 0 ? null : create.apply(Ring, args);
  try {
    assertEquals(RingPipe.pair(), null);
  } finally {
    Ring.create = create;
  }
  assertEquals(made, 2);
  assert(pages.used <= before);
});

Deno.test("a condition on a lock that stands in a full memory is refused by what is missing", {
  ignore,
}, async () => {
  const lock = new mp.Lock();
  {
    using _full = fillFamily();
    assertThrows(
      () => new mp.Condition(lock),
      RangeError,
      "the memory in which the lock stands is full",
    );
  }
  const condition = new mp.Condition(lock);
  await using _held = await condition.acquire();
  assertEquals(await condition.wait({ timeout: 0 }), false);
});

Deno.test("a put that finds no room fails, loses nothing, and works again when there is room", {
  ignore,
}, async () => {
  const queue = new mp.Queue<string>();
  const big = "x".repeat(200_000), small = "y".repeat(5_000);
  await queue.put(big);
  let put = 0;
  {
    using _full = fillFamily();
    const error = await assertRejects(
      () => queue.put(big),
      RangeError,
      "bytes more between processes",
    );
    assert(error.message.includes("take items out of queues"), error.message);
    const goOn = async (): Promise<never> => {
      for (;; put++) await queue.put(small); // as many as the last segment has room for
    };
    assertInstanceOf(await assertRejects(goOn), RangeError);
    assertEquals(await queue.qsize(), 1 + put);
    assertEquals(await queue.get(), big);
    await queue.put("as much as was taken"); // its page is free again
  }
  await queue.put(big);
  for (let i = 0; i < put; i++) assertEquals(await queue.get(), small);
  assertEquals([await queue.get(), await queue.get()], ["as much as was taken", big]);
});

Deno.test(
  "a queue that holds little takes no page, and gives its items in their order when it grows",
  { ignore },
  async () => {
    const before = claimedPages();
    const queues = Array.from({ length: 160 }, () => new mp.Queue<unknown>());
    let put = 0, got = 0;
    for (let round = 0; round < 20; round++) {
      for (const queue of queues) await queue.put([put++, "x".repeat(60)]);
      for (const queue of queues) assertEquals(await queue.get(), [got++, "x".repeat(60)]);
    }
    // A page has room for sixteen head blocks.
    assert(claimedPages() - before <= 12, `${claimedPages() - before} pages`);
    const [queue] = queues;
    const size = (i: number): number => [3, 100, 300, 600, 5000, 40_000][i % 6]!;
    let first = 0, next = 0;
    for (const more of [1, 3, 7, 20, 60]) {
      for (let i = 0; i < more; i++, next++) await queue!.put("y".repeat(size(next)));
      for (const left = more >> 1; first < next - left; first++) {
        assertEquals((await queue!.get() as string).length, size(first));
      }
    }
    for (; first < next; first++) assertEquals((await queue!.get() as string).length, size(first));
  },
);

Deno.test("a waiter finds room though the memory is full of items", { ignore }, async () => {
  const locks = Array.from({ length: 5000 }, () => new mp.Lock());
  const held = await Promise.all(locks.map((lock) => lock.acquire()));
  const condition = new mp.Condition(new mp.Lock());
  using _full = fillFamily();
  const waits = locks.map((lock) => lock.acquire());
  const notified = (async () => {
    await using _held = await condition.acquire();
    return await condition.wait();
  })();
  for (const guard of held) guard[Symbol.dispose]();
  for (const guard of await Promise.all(waits)) guard[Symbol.dispose]();
  {
    await using _held = await condition.acquire();
    await condition.notify();
  }
  assertEquals(await notified, true);
});

Deno.test(
  "pages go back when all blocks in them are free, whatever their order",
  { ignore },
  () => {
    const { pages } = Family.join()!;
    const sizes = [16, 100, 1000, 5000];
    const fill = () =>
      sizes.flatMap((size) => Array.from({ length: 400 }, () => pages.allocate(size)));
    for (const at of fill()) pages.free(at); // one page of each size stays
    const before = claimedPages();
    const orders: ((blocks: number[]) => number[])[] = [
      (blocks) => blocks,
      (blocks) => blocks.reverse(),
      (blocks) => blocks.sort((a, b) => a % 7 - b % 7),
    ];
    for (const order of orders) {
      const blocks = fill();
      assert(claimedPages() > before + 100);
      for (const at of order(blocks)) pages.free(at);
      const more = claimedPages() - before; // an empty page of a size may stay beside one that is used
      assert(more <= sizes.length, `${more} pages more`);
    }
  },
);

Deno.test(
  "what goes back into a ring takes no page for good, and a ring that ends gives all back",
  { ignore },
  () => {
    const family = Family.join()!;
    const before = claimedPages();
    const ring = Ring.create(family, 0, 0)!;
    const text = (length: number) => ({
      form: Form.raw,
      number: 0,
      bytes: new Uint8Array(length).fill(7),
      length,
    });
    const taken = (): number => ring.take()!.length;
    ring.acquire();
    for (let i = 0; i < 40; i++) ring.put(text(4000)); // over several segments
    for (let i = 0; i < 12; i++) taken();
    for (const left of [28, 1, 0]) {
      while (ring.size > left) taken();
      const claimed = claimedPages();
      for (let i = 0; i < 100; i++) {
        ring.putBack(text(4000));
        ring.putBack(text(3000));
        assertEquals([taken(), taken(), ring.size], [3000, 4000, left]);
      }
      assert(
        claimedPages() <= claimed + 1,
        `${claimedPages() - claimed} pages more with ${left} items`,
      );
    }
    for (let i = 0; i < 40; i++) ring.putBack(text(8000 - i)); // more than there is room before the first
    assertEquals(Array.from({ length: 40 }, taken), Array.from({ length: 40 }, (_, i) => 7961 + i));
    for (let i = 0; i < 3; i++) ring.putBack(text(100_000));
    ring.release();
    ring.free();
    assert(claimedPages() <= before + 1, `${claimedPages() - before} pages are left`);
  },
);
