import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { runAs } from "../../../src/core/flow/async_work.ts";
import { DeadlockError, NotOwnerError } from "../../../src/core/errors.ts";
import { RLock } from "../../../src/threading/mod.ts";
import { lockSuite } from "../../suites/lock_suite.ts";

const never = new AbortController().signal;

function as<T>(_who: string, fn: () => Promise<T>): Promise<T> {
  return runAs({ signal: never, checkpoint: () => {} }, fn);
}

lockSuite("threading.RLock", () => new RLock(), { reentrant: true, as });
lockSuite("threading.RLock (fair)", () => new RLock({ fair: true }), {
  reentrant: true,
  fair: true,
  as,
});

Deno.test("RLock is free when it was released as often as it was taken", async () => {
  const lock = new RLock();
  lock.acquireSync();
  await lock.acquire();
  lock.tryAcquire();
  assertEquals(lock.statistics().depth, 3);
  lock.release();
  lock.release();
  await as("other", async () => assertEquals(await lock.acquire({ timeout: 1 }), null));
  lock.release();
  await as("other", async () => (await lock.acquire())[Symbol.dispose]());
  assertThrows(() => lock.release(), NotOwnerError);
});

Deno.test("RLock.release() by another task throws NotOwnerError, and the owner keeps it", async () => {
  const lock = new RLock();
  using _held = lock.acquireSync();
  await as("other", async () => {
    await Promise.resolve();
    assertEquals(lock.isOwned(), false);
    assertThrows(() => lock.release(), NotOwnerError);
  });
  assertEquals(lock.isOwned(), true);
});

Deno.test("RLock.acquireSync() for what another task of this thread holds throws instead of hanging", async () => {
  const lock = new RLock();
  using _held = lock.acquireSync();
  await as("other", async () => {
    await Promise.resolve();
    assertThrows(() => lock.acquireSync(), DeadlockError);
    assertEquals(lock.acquireSync({ timeout: 1 }), null);
  });
});
