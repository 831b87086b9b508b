import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Lock, type ManagedDict, Manager, Process } from "../../../src/multiprocessing/mod.ts";
import { targets } from "../../support/targets/process_targets.ts";

Deno.test("Manager is made with and without new", () => {
  assert(Manager().dict !== undefined && new Manager().list !== undefined);
});

Deno.test("Manager.dict() is one map in all processes", async () => {
  const manager = Manager();
  const dict = manager.dict<string, number>({ a: 1 });
  await using child = new Process({ target: targets.setInDict, args: [dict, "b", 2] }).start();
  assertEquals(await child.result, [["a", 1], ["b", 2]]);
  assertEquals(await dict.get("b"), 2);
  assertEquals([await dict.get("x"), await dict.get("x", 9)], [undefined, 9]);
  assertEquals([await dict.has("a"), await dict.size()], [true, 2]);
  assertEquals([await dict.setDefault("a", 5), await dict.setDefault("c", 3)], [1, 3]);
  await dict.update({ a: 10, d: 4 });
  assertEquals(await dict.getValue(), new Map([["a", 10], ["b", 2], ["c", 3], ["d", 4]]));
  assertEquals([await dict.pop("a"), await dict.pop("a", 0)], [10, 0]);
  assertEquals([await dict.delete("b"), await dict.delete("b")], [true, false]);
  assertEquals([await dict.keys(), await dict.values()], [["c", "d"], [3, 4]]);
  assertEquals(await Array.fromAsync(dict), [["c", 3], ["d", 4]]);
  await dict.clear();
  assertEquals(await dict.size(), 0);
});

Deno.test("Manager.list() is one list in all processes", async () => {
  const list = Manager().list([1, 2]);
  await using child = new Process({ target: targets.appendTo, args: [list, 3] }).start();
  await child.result;
  assertEquals(await list.getValue(), [1, 2, 3]);
  await list.set(-1, 30);
  await list.insert(0, 0);
  assertEquals([await list.get(3), await list.pop(), await list.pop(0)], [30, 30, 0]);
  assertEquals([await list.push(5, 4), await list.indexOf(5)], [4, 2]);
  await list.sort();
  await list.reverse();
  await list.extend([9]);
  assertEquals(await Array.fromAsync(list), [5, 4, 2, 1, 9]);
  assertEquals([await list.slice(1, 3), await list.length()], [[4, 2], 5]);
  await assertRejects(() => list.get(5), RangeError);
});

Deno.test("a managed list is extended by more than a call takes as arguments", async () => {
  const list = Manager().list<number>([]);
  await list.extend(new Array(200_000).fill(1));
  assertEquals(await list.length(), 200_000);
});

Deno.test("what is got from a managed object is a copy, unless it is shared itself", async () => {
  const manager = Manager();
  const outer = manager.list<unknown>([{ n: 1 }]);
  (await outer.get(0) as { n: number }).n = 2;
  assertEquals(await outer.get(0), { n: 1 });
  const inner = manager.list([1]);
  const lock = new Lock();
  await outer.extend([inner, lock]);
  assert(await outer.get(1) === inner && await outer.get(2) === lock);
  const names = manager.namespace({ x: 1 });
  await names.set("inner", inner);
  await using child = new Process({ target: targets.appendToNamed, args: [names, 7] }).start();
  await child.result;
  assertEquals(await inner.getValue(), [1, 7]);
});

Deno.test("an error in a managed object is the caller's, with its class", async () => {
  const list = Manager().list([]);
  await using child = new Process({ target: targets.popFrom, args: [list] }).start();
  await assertRejects(() => child.result, RangeError, "empty");
});

Deno.test("a managed object keeps what a process that has ended put into it", async () => {
  const dict: ManagedDict<string, number> = Manager().dict();
  const child = new Process({ target: targets.setInDict, args: [dict, "left", 1] }).start();
  await child.join();
  assertEquals(await dict.get("left"), 1);
});
