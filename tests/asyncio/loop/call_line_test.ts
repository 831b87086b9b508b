/** The line of a loop alone, and what is added while it runs. */
import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { CallLine } from "../../../src/asyncio/loop/call_line.ts";
import { Future, getRunningLoop, run } from "../../../src/asyncio/mod.ts";

/** A line with so many calls, each of which notes its number, and what was noted. */
function filled(count: number): { line: CallLine; seen: number[]; add: (n: number) => void } {
  const line = new CallLine();
  const seen: number[] = [];
  const add = (n: number): void => line.push((a: number, b: number) => seen.push(a + b), n, 0);
  for (let n = 0; n < count; n++) add(n);
  return { line, seen, add };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

for (const count of [0, 1, 1023, 1024, 1025, 5000]) {
  Deno.test(`CallLine makes ${count} calls in the order of adding, each once, and again`, () => {
    const { line, seen, add } = filled(count);
    assertEquals(line.size, count);
    line.run();
    assertEquals([seen, line.size], [upTo(count), 0]);
    for (let n = 0; n < count; n++) add(n);
    line.runBy((entry, a, b) => entry(a, b));
    assertEquals([seen.length, line.size], [2 * count, 0]);
    assertEquals(seen.slice(count), upTo(count));
    line.run();
    assertEquals(seen.length, 2 * count);
  });
}

Deno.test("CallLine: a chosen order has each call once", () => {
  const { line, seen } = filled(3000);
  const lefts: number[] = [];
  line.reorder((left) => {
    lefts.push(left);
    return left - 1;
  });
  line.run();
  assertEquals(seen.toSorted((a, b) => a - b), upTo(3000));
  assertEquals(seen.slice(0, 4), [2999, 0, 1, 2]);
  assertEquals(lefts, upTo(3000).map((n) => 3000 - n));
});

Deno.test("CallLine: a call that throws ends the line, and none is made twice", () => {
  const { line, seen, add } = filled(1500);
  line.push(
    () => {
      throw new RangeError("broken");
    },
    0,
    0,
  );
  add(1500);
  assertThrows(() => line.run(), RangeError);
  assertEquals(line.size, 0);
  line.run();
  assertEquals(seen, upTo(1500));
});

Deno.test("CallLine forgets what it is told to forget, and holds none of it", () => {
  const { line, seen, add } = filled(2000);
  line.clear();
  assertEquals(line.size, 0);
  add(7);
  line.run();
  assertEquals(seen, [7]);
});

Deno.test("what the reactions of a light turn ask for is done, in a pass", async () => {
  await run(async () => {
    const loop = getRunningLoop();
    const [first, second, told] = [new Future<void>(), new Future<void>(), new Future<number>()];
    let passes = -1;
    first.then(() => {
      passes = loop.ready.passes;
      loop.callSoon(() => told.setResult(loop.ready.passes - passes));
    }, () => {});
    second.then(() => {}, () => {});
    first.setResult();
    second.setResult();
    assertEquals(await told, 1);
  });
});
