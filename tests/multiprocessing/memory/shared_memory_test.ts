import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Process, SharedMemory } from "../../../src/multiprocessing/mod.ts";
import { targets } from "../../support/targets/process_targets.ts";

Deno.test("SharedMemory is the same bytes under its name, and in another process", async () => {
  using memory = new SharedMemory({ create: true, size: 4096 });
  assertEquals([memory.size, memory.buf?.length], [4096, 4096]);
  using same = new SharedMemory({ name: memory.name });
  same.buf![1] = 5;
  assertEquals(memory.buf![1], 5);
  await using child = new Process({ target: targets.fillMemory, args: [memory, 7] }).start();
  assertEquals(await child.result, 5);
  assert(memory.buf!.every((byte) => byte === 7));
  memory.unlink();
  memory.unlink();
  assertThrows(() => new SharedMemory({ name: memory.name }), Deno.errors.NotFound);
});

Deno.test("SharedMemory that is closed leaves empty views and no way in", () => {
  const memory = new SharedMemory({ size: 64 });
  const view = new Int32Array(memory.buf!.buffer);
  memory.close();
  memory.close();
  memory.unlink();
  assertEquals([memory.buf, view.length, memory.statistics().open], [null, 0, false]);
});

Deno.test("SharedMemory refuses wrong sizes and names", () => {
  assertThrows(() => new SharedMemory({ create: true, size: 0 }), RangeError);
  assertThrows(() => new SharedMemory({ name: "../up" }), TypeError);
  using memory = new SharedMemory({ size: 8 });
  assertThrows(
    () => new SharedMemory({ name: memory.name, create: true, size: 8 }),
    Deno.errors.AlreadyExists,
  );
  memory.unlink();
});

Deno.test("SharedMemory says what to grant where it may not", async () => {
  await using child = new Process({
    target: targets.makeMemory,
    permissions: { read: true, write: true },
  }).start();
  await assertRejects(() => child.result, Error, "--allow-ffi");
});

Deno.test("SharedMemory that a process created and forgot is gone when it has ended", async () => {
  await using child = new Process({ target: targets.makeMemory }).start();
  const name = await child.result;
  await child.join();
  assertThrows(() => new SharedMemory({ name }), Deno.errors.NotFound);
});
