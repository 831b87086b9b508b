/** A `compare` that throws fails the call that needed it: no item is lost, and the order stays right. */
import "../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { virtually } from "../support/virtual_run.ts";

Deno.test(
  "asyncio.PriorityQueue: whatever throws, each item comes once and in order",
  virtually(async () => {
    const { random, seed } = seededRandom();
    let angry = false;
    const queue = new aio.PriorityQueue<number>(5, {
      compare(a, b) {
        if (angry && random(4) === 0) throw new Deno.errors.Busy("compare");
        return a - b;
      },
    });
    const put: number[] = [], got: number[] = [];
    for (let i = 0; i < 500; i++) {
      angry = true;
      const item = random(1000) + i / 1000;
      try {
        if (queue.tryPut(item)) put.push(item);
        if (random(3) > 0) {
          const next = queue.tryGet();
          if (next !== undefined) got.push(next);
        }
      } catch (error) {
        if (!(error instanceof Deno.errors.Busy)) throw error;
      }
    }
    angry = false;
    const rest: number[] = [];
    while (!queue.empty()) rest.push(await queue.get());
    assertEquals(rest, rest.toSorted((a, b) => a - b), seed);
    assertEquals([...got, ...rest].toSorted(), put.toSorted(), seed);
  }),
);

Deno.test(
  "asyncio.PriorityQueue: the put that cannot be ordered fails, not the get that made room for it",
  virtually(async () => {
    const queue = new aio.PriorityQueue<number>(2, {
      compare(a, b) {
        if (Number.isNaN(a) || Number.isNaN(b)) throw new TypeError("NaN");
        return a - b;
      },
    });
    queue.putNowait(2);
    queue.putNowait(1);
    const bad = queue.put(NaN), good = queue.put(3);
    assertEquals(await queue.get(), 1);
    await assertRejects(() => bad, TypeError, "NaN");
    await good;
    assertEquals([queue.getNowait(), queue.getNowait()], [2, 3]);
    assertThrows(() => queue.getNowait(), aio.EmptyError);
  }),
);
