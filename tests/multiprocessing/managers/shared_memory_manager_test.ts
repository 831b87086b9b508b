import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import {
  InvalidStateError,
  Process,
  ShareableList,
  SharedArray,
  SharedMemory,
  SharedMemoryManager,
} from "../../../src/multiprocessing/mod.ts";
import { targets } from "../../support/targets/process_targets.ts";

Deno.test("SharedMemoryManager gives back all that it made", async () => {
  const manager = new SharedMemoryManager();
  const memory = manager.SharedMemory(64);
  const list = manager.ShareableList([1, "two", null]);
  assertEquals(manager.statistics().blocks, 2);
  await using child = new Process({ target: targets.fillMemory, args: [memory, 7] }).start();
  await child.result;
  assertEquals(memory.buf![9], 7);
  const names = [memory.name, list.name];
  manager.shutdown();
  manager.shutdown();
  assertEquals([memory.buf, manager.statistics()], [null, { blocks: 0, bytes: 0 }]);
  for (const name of names) {
    assertThrows(() => new SharedMemory({ name }), Deno.errors.NotFound);
  }
  assertThrows(() => manager.SharedMemory(1), InvalidStateError, "shut down");
});

Deno.test("SharedMemoryManager gives back what was closed and unlinked before, and refuses wrong sizes", () => {
  using manager = new SharedMemoryManager();
  const memory = manager.SharedMemory(8);
  memory.close();
  memory.unlink();
  for (const size of [NaN, 0, -1, 2 ** 52]) {
    assertThrows(() => manager.SharedMemory(size), RangeError, String(size));
  }
  assertThrows(() => manager.SharedMemory("8" as never), TypeError, "size");
  assertEquals(manager.statistics().blocks, 1);
});

Deno.test("a list that cannot hold an item leaves no memory", () => {
  const name = `quartet-unheld-${Deno.pid}`;
  assertThrows(() => new ShareableList([1, {} as never], { name }), TypeError);
  assertThrows(() => new SharedMemory({ name }), Deno.errors.NotFound);
});

Deno.test("an array that cannot hold a number leaves no memory", () => {
  const uuid = crypto.randomUUID(), own = crypto.randomUUID;
  let made = 0;
  crypto.randomUUID = () => (made++, uuid);
  try {
    assertThrows(() => new SharedArray([1n, "x" as never], "i64"), TypeError);
  } finally {
    crypto.randomUUID = own;
  }
  assertEquals(made, 1);
  assertThrows(() => new SharedMemory({ name: `quartet-${uuid}` }), Deno.errors.NotFound);
});
