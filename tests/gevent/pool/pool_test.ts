import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as gevent from "../../../src/gevent/mod.ts";
import { VirtualClock } from "../../../src/testing/mod.ts";

const { pool, sleep, spawn } = gevent;

async function slept(delay: number): Promise<number> {
  await sleep(delay);
  return delay;
}

/** What is promised of a group holds for a pool too. */
const kinds: Record<string, () => gevent.pool.Group> = {
  Group: () => new pool.Group(),
  "Pool(2)": () => new pool.Pool(2),
};

for (const [name, make] of Object.entries(kinds)) {
  Deno.test(`${name}.map() keeps the order of the items`, async () => {
    using _clock = new VirtualClock();
    assertEquals(await make().map(slept, [30, 10, 20]), [30, 10, 20]);
    assertEquals(await make().map(slept, []), []);
  });

  Deno.test(`${name}.imap() gives results in order, imapUnordered() as they are done`, async () => {
    using _clock = new VirtualClock();
    assertEquals(await Array.fromAsync(make().imap(slept, [30, 10, 20])), [30, 10, 20]);
    assertEquals(
      await Array.fromAsync(make().imapUnordered(slept, [30, 10, 25])),
      [10, 25, 30]
        .toSorted((a, b) =>
          name === "Group" ? a - b : [10, 30, 25].indexOf(a) - [10, 30, 25].indexOf(b)
        ),
    );
  });

  Deno.test(`${name} kills what still runs when a loop over results breaks`, async () => {
    using _clock = new VirtualClock();
    const group = make();
    for (const how of ["imap", "imapUnordered"] as const) {
      for await (const value of group[how](slept, [10, 500, 600])) {
        assertEquals(value, 10);
        break;
      }
      assertEquals(group.size, 0);
    }
  });

  Deno.test(`${name} lets an error out at its place`, async () => {
    using _clock = new VirtualClock();
    const fail = async (n: number): Promise<number> => {
      await sleep(n);
      if (n === 20) throw new RangeError("twenty");
      return n;
    };
    const group = make();
    await assertRejects(async () => await group.map(fail, [10, 20]), RangeError);
    const got: unknown[] = [];
    await assertRejects(async () => {
      for await (const value of group.imap(fail, [10, 20, 30])) got.push(value);
    }, RangeError);
    assertEquals([got, group.size], [[10], 0]);
  });

  Deno.test(`${name} applies, joins, kills and discards`, async () => {
    using _clock = new VirtualClock();
    const group = make();
    assertEquals(await group.apply(slept, 10), 10);
    const seen: number[] = [];
    const greenlet = await group.applyAsync(slept, [10], (value) => seen.push(value));
    assertEquals([group.size, group.has(greenlet), [...group]], [1, true, [greenlet]]);
    assertEquals(await group.join(5), false);
    assertEquals(await group.join(), true);
    await gevent.idle();
    assertEquals([seen, group.size], [[10], 0]);
    assertEquals(await group.mapAsync(slept, [1, 2]).get(), [1, 2]);

    const sleepers = [await group.spawn(slept, 500), await group.spawn(slept, 500)];
    await group.killone(sleepers[0]!);
    assertEquals([sleepers[0]!.dead, sleepers[1]!.dead], [true, false]);
    group.discard(sleepers[1]!);
    assertEquals(group.size, 0);
    group.add(sleepers[1]!);
    await group.kill();
    assertEquals([sleepers[1]!.dead, group.size], [true, 0]);
  });

  Deno.test(`${name}.join() with raiseError throws what failed`, async () => {
    using _clock = new VirtualClock();
    const group = make();
    await group.spawn(async () => {
      await sleep(10);
      throw new RangeError("in the group");
    });
    await assertRejects(async () => await group.join({ raiseError: true }), RangeError);
  });
}

Deno.test("Pool never runs more than its size at once; spawn() waits for room", async () => {
  using clock = new VirtualClock();
  const two = new pool.Pool(2);
  let running = 0, most = 0;
  const work = async (n: number): Promise<number> => {
    most = Math.max(most, ++running);
    await sleep(10);
    running--;
    return n;
  };
  const greenlets: gevent.Greenlet<number>[] = [];
  for (let n = 0; n < 5; n++) greenlets.push(await two.spawn(work, n));
  assertEquals([most, clock.now(), two.freeCount(), two.full()], [2, 20, 1, false]);
  await two.join();
  assertEquals(greenlets.map((greenlet) => greenlet.value), [0, 1, 2, 3, 4]);
  await two.map(work, Array(7).fill(0));
  assertEquals([most, two.statistics()], [2, { size: 2, running: 0, waiting: 0 }]);
});

Deno.test("Pool starts what was spawned without waiting, in its turn, and join() waits for it", async () => {
  using _clock = new VirtualClock();
  const one = new pool.Pool(1);
  const log: string[] = [];
  for (const name of ["a", "b", "c"]) {
    void one.spawn(async () => {
      await sleep(10);
      log.push(name);
    });
  }
  assertEquals(one.statistics(), { size: 1, running: 1, waiting: 2 });
  assertEquals(await one.join(), true);
  assertEquals(log, ["a", "b", "c"]);
});

Deno.test("Pool lets a killed spawner leave the line", async () => {
  using _clock = new VirtualClock();
  const one = new pool.Pool(1);
  await one.spawn(slept, 10);
  const spawner = spawn(() => one.spawn(slept, 10));
  await sleep(1);
  await spawner.kill();
  assertEquals(one.statistics().waiting, 0);
  await one.join();
});

Deno.test("Pool.waitAvailable() tells how much room there is", async () => {
  using clock = new VirtualClock();
  const one = new pool.Pool(1);
  assertEquals(await one.waitAvailable(), 1);
  await one.spawn(slept, 20);
  assertEquals(await one.waitAvailable(5), 0);
  assertEquals([await one.waitAvailable(), clock.now()], [1, 20]);
});

Deno.test("Pool works on what it needs only: imap() asks for items as there is room", async () => {
  using _clock = new VirtualClock();
  let asked = 0;
  function* items(): Generator<number> {
    while (true) yield asked++;
  }
  const two = new pool.Pool(2);
  for await (const n of two.imap(slept, items())) if (n === 3) break;
  assert(asked <= 6, `${asked}`);
});

Deno.test("Pool waits for all at the end of a block; sizes that are none are refused", async () => {
  using clock = new VirtualClock();
  {
    await using group = new pool.Pool();
    await group.spawn(slept, 30);
  }
  assertEquals(clock.now(), 30);
  for (const size of [-1, 0.5, NaN]) assertThrows(() => new pool.Pool(size), RangeError);
  await assertRejects(
    () => new pool.Pool(2).imap(slept, [1], { maxsize: 0 }).next(),
    RangeError,
  );
});

Deno.test("map() takes items as they come, begins each when it has come, and a failure ends it", async () => {
  using _clock = new VirtualClock();
  for (const make of Object.values(kinds)) {
    const items = new gevent.queue.Queue<number>();
    gevent.spawn(async () => {
      for (const item of [30, 10, 20]) {
        await gevent.sleep(5);
        items.putNowait(item);
      }
      items.putNowait(gevent.queue.StopIteration);
    });
    assertEquals(await make().map(slept, items), [30, 10, 20]);

    let closed = 0;
    const endless = async function* () {
      try {
        for (let n = 0;; n++) {
          await gevent.sleep(1);
          yield n;
        }
      } finally {
        closed++;
      }
    };
    const group = make();
    const fail = async (n: number): Promise<never> => {
      await gevent.sleep(10);
      throw new RangeError(`${n} fails`);
    };
    await assertRejects(async () => await group.map(fail, endless()), RangeError, "0 fails");
    const killed = group.mapAsync(() => gevent.sleep(10_000), endless());
    await gevent.sleep(20);
    await killed.kill();
    await gevent.sleep(5);
    assertEquals([closed, group.size], [2, 0]);
  }
});
