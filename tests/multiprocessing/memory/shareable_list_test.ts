import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ShareableList } from "../../../src/multiprocessing/mod.ts";

Deno.test("ShareableList holds plain values, each in its room", () => {
  const items = [1, 2.5, "grüß", null, true, false, 2n ** 62n, new Uint8Array([1, 2])];
  using list = new ShareableList(items);
  using same = new ShareableList(null, { name: list.name });
  assertEquals([...same], items);
  assertEquals([same.length, same.indexOf(2.5), same.count(null)], [8, 1, 1]);
  list.set(2, "short");
  list.set(-1, null);
  list.set(0, "12345678");
  assertEquals([same.get(2), same.get(7), same.get(0)], ["short", null, "12345678"]);
  assertThrows(() => list.set(0, "123456789"), RangeError, "room for 8");
  assertThrows(() => list.get(8), RangeError);
  assertThrows(() => list.set(0, {} as string), TypeError);
  list.unlink();
});
