import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type ManagedArray, Manager, Process } from "../../../src/multiprocessing/mod.ts";

Deno.test("a managed array is the same one in another process", async () => {
  const array = Manager().array([1, 2, 3]);
  await using child = new Process({
    target: async (array: ManagedArray) => {
      await array.set(-1, 30);
      await array.set(0, await array.get(1) + 2 ** 32);
      return await array.getValue();
    },
    args: [array],
  }).start();
  assertEquals(await child.result, [2, 2, 30]);
  assertEquals(await Array.fromAsync(array), [2, 2, 30]);
  assertEquals([await array.length(), await array.slice(1)], [3, [2, 30]]);
  assertEquals(await array.statistics(), { length: 3, type: "i32" });
});

Deno.test("a managed array holds numbers of its type only, and as many as it was made with", async () => {
  const manager = Manager();
  assertEquals(await manager.Array(2, "i64").getValue(), [0n, 0n]);
  assertEquals(await manager.array([1.5], "f64").getValue(), [1.5]);
  const array = manager.array(2);
  for (const index of [2, -3, NaN, 0.5, "0", null]) {
    await assertRejects(() => array.get(index as never), RangeError, "Cannot take number");
    await assertRejects(() => array.set(index as never, 1), RangeError, "Cannot take number");
  }
  await assertRejects(() => array.set(0, "1" as never), TypeError, "Cannot keep");
  for (const length of [NaN, -1, 1.5, Infinity]) {
    assertThrows(() => manager.array(length), RangeError, "length");
  }
  assertThrows(() => manager.array(["1"] as never), TypeError, "Cannot keep");
  assertThrows(() => manager.array({} as never), TypeError, "iterable");
  assertThrows(() => manager.array(1, "i8" as never), RangeError, "i8");
});
