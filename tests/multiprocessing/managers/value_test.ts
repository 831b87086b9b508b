import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Process, Value } from "../../../src/multiprocessing/mod.ts";
import { WAYS } from "../../support/served.ts";
import { targets } from "../../support/targets/process_targets.ts";

for (const way of WAYS) {
  Deno.test(`Value returns what it was before, ${way.name}`, async () => {
    const value = way.value(5);
    assertEquals(await value.add(2), 5);
    assertEquals(await value.compareExchange(7, 9), 7);
    assertEquals(await value.compareExchange(7, 1), 9);
    assertEquals(await value.get(), 9);
  });

  Deno.test(`Value keeps to its type, ${way.name}`, async () => {
    const small = way.value(2 ** 31 - 1);
    await small.add(1);
    assertEquals(await small.get(), -(2 ** 31));
    const big = way.value(1n, "i64");
    await big.add(2n ** 40n);
    assertEquals(await big.get(), 2n ** 40n + 1n);
    const real = way.value(0.5, "f64");
    await real.add(0.25);
    assertEquals(await real.get(), 0.75);
    await assertRejects(() => real.set("x" as unknown as number), TypeError);
    assertThrows(() => new Value(0, "u8" as "i32"), RangeError);
  });

  Deno.test(`Value.add() is one step between processes, ${way.name}`, async () => {
    const value = way.value();
    const children = [1, 2].map(() =>
      new Process({ target: targets.addMany, args: [value, 100] }).start()
    );
    await Promise.all(children.map((child) => child.result));
    await Promise.all(children.map((child) => child.join()));
    assertEquals(await value.get(), 200);
  });
}
