import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { NotOwnerError } from "../../../src/core/errors.ts";
import { Lock } from "../../../src/threading/mod.ts";
import { lockSuite } from "../../suites/lock_suite.ts";

lockSuite("threading.Lock", () => new Lock());
lockSuite("threading.Lock (fair)", () => new Lock({ fair: true }), { fair: true });

Deno.test("Lock.acquireSync() and acquire() take the same lock", async () => {
  const lock = new Lock();
  const guard = lock.acquireSync();
  assertEquals(lock.locked(), true);
  assertEquals(lock.acquireSync({ timeout: 1 }), null);
  const wait = lock.acquire();
  guard[Symbol.dispose]();
  (await wait)[Symbol.dispose]();
  assertEquals(lock.locked(), false);
});

Deno.test("Lock.release() of a free lock throws NotOwnerError", () => {
  assertThrows(() => new Lock().release(), NotOwnerError, "nobody holds it");
});

Deno.test("Lock: using releases when the block throws", () => {
  const lock = new Lock();
  assertThrows(
    () => {
      using _held = lock.acquireSync();
      throw new TypeError("inside");
    },
    TypeError,
    "inside",
  );
  assertEquals(lock.locked(), false);
});

Deno.test("Lock shows its state in logs and statistics", () => {
  const lock = new Lock();
  assertEquals(Deno.inspect(lock), "Lock { unlocked }");
  using _held = lock.acquireSync();
  assertEquals(Deno.inspect(lock), "Lock { locked }");
  assertEquals(lock.statistics(), { locked: true, holder: "MainThread", waiting: 0 });
});
