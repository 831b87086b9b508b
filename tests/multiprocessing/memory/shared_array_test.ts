import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { Process, SharedArray } from "../../../src/multiprocessing/mod.ts";
import { targets } from "../../support/targets/process_targets.ts";

Deno.test("SharedArray begins with zeros or with the given numbers", () => {
  using zeros = new SharedArray(3);
  assertEquals([...zeros], [0, 0, 0]);
  using numbers = new SharedArray([1.5, -2.5], "f64");
  assertEquals([numbers.get(0), numbers.get(-1), numbers.length], [1.5, -2.5, 2]);
  using big = new SharedArray([2n ** 40n], "i64");
  assertEquals(big.add(0, 1n), 2n ** 40n);
  assertEquals(big.get(0), 2n ** 40n + 1n);
  for (const array of [zeros, numbers, big]) array.unlink();
});

Deno.test("SharedArray refuses an index, a length and a type that there is not", () => {
  using array = new SharedArray(2);
  array.unlink();
  assertThrows(() => array.get(2), RangeError);
  assertThrows(() => array.set(-3, 1), RangeError);
  assertThrows(() => new SharedArray(0), RangeError);
  assertThrows(() => new SharedArray(1, "u8" as "i32"), RangeError);
});

for (const type of ["i32", "f64"] as const) {
  Deno.test(`SharedArray.add() on ${type} is one step between processes`, async () => {
    using array = new SharedArray(1, type);
    const children = [1, 2].map(() =>
      new Process({ target: targets.addToArray, args: [array, 20_000] }).start()
    );
    await Promise.all(children.map((child) => child.result));
    await Promise.all(children.map((child) => child.join()));
    assertEquals(array.get(0), 40_000);
    assertEquals(array.compareExchange(0, 40_000, 1), 40_000);
    assertEquals(array.get(0), 1);
    array.unlink();
  });
}
