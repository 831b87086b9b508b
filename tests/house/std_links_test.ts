import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import { deadline } from "@std/async";
import { assertSpyCalls, returnsNext, spy, stub } from "@std/testing/mock";

Deno.test("@std/assert through the local link is the real thing", async () => {
  assertEquals(new Map([["a", { b: [1] }]]), new Map([["a", { b: [1] }]]));
  const error = assertThrows(() => assertEquals(1, 2), Error, "Values are not equal");
  assertEquals(error.name, "AssertionError");
  await assertRejects(() => Promise.reject(new RangeError("far")), RangeError, "far");
});

Deno.test("@std/async through the local link is the real thing", async () => {
  await delay(1);
  const error = await assertRejects(() => deadline(new Promise<void>(() => {}), 5), DOMException);
  assertEquals(error.name, "TimeoutError");
});

Deno.test("@std/testing/mock through the local link is the real thing", () => {
  const seen = spy((n: number) => n + 1);
  assertEquals(seen(1), 2);
  assertSpyCalls(seen, 1);
  const target = { roll: () => 6 };
  using _stub = stub(target, "roll", returnsNext([1, 2]));
  assertEquals([target.roll(), target.roll()], [1, 2]);
  assert(!Object.is(target.roll, seen));
});
