import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { HEAVIEST, weightOf } from "../../../src/multiprocessing/objects/weight.ts";

Deno.test("plain data weighs about what it takes, all else too much", () => {
  assertEquals([weightOf(1), weightOf(null), weightOf("abcd")], [8, 8, 12]);
  assertEquals([weightOf([1, 2]), weightOf({ ab: 1 })], [26, 18]);
  for (const each of [new Map(), new Date(0), () => 0, Symbol(), { [Symbol()]: 1 }]) {
    assertEquals(weightOf(each), Infinity);
  }
  assertEquals(weightOf("x".repeat(HEAVIEST + 1)), Infinity);
});

Deno.test("a long list is found heavy without a look at what is in it", () => {
  let looked = 0;
  const list = new Proxy(Array.from({ length: 100_000 }, (_, i) => i), {
    ownKeys: (target) => {
      looked++;
      return Reflect.ownKeys(target);
    },
  });
  assertEquals([weightOf(list), looked], [Infinity, 0]);
});
