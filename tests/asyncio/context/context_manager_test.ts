import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { contextManager } from "../../../src/asyncio/context/context_manager.ts";
import { asyncContextManager } from "../../../src/asyncio/context/async_context_manager.ts";
import { InvalidStateError } from "../../../src/core/errors.ts";

Deno.test("contextManager() enters, gives the yielded value, and leaves at the end of the block", () => {
  const log: unknown[] = [];
  const open = contextManager(function* (name: string) {
    log.push("enter");
    try {
      yield { name };
    } finally {
      log.push("leave");
    }
  });
  {
    using c = open("x");
    log.push(c.value);
    c[Symbol.dispose]();
    c[Symbol.dispose]();
  }
  assertEquals(log, ["enter", { name: "x" }, "leave"]);
});

Deno.test("contextManager() refuses a generator that does not yield, and one that yields twice", () => {
  const none = contextManager(function* () {});
  assertThrows(() => none(), InvalidStateError, "did not yield");
  const log: string[] = [];
  const twice = contextManager(function* () {
    try {
      yield 1;
      yield 2;
    } finally {
      log.push("closed");
    }
  });
  assertThrows(() => twice()[Symbol.dispose](), InvalidStateError, "second time");
  assertEquals(log, ["closed"]);
  assertThrows(() => contextManager(5 as never), TypeError, "Cannot make a context manager of 5");
});

Deno.test("asyncContextManager() enters when awaited and leaves at the end of the block", async () => {
  const log: string[] = [];
  const open = asyncContextManager(async function* (name: string) {
    await null;
    log.push("enter");
    try {
      yield name;
    } finally {
      await null;
      log.push("leave");
    }
  });
  const manager = open("x");
  assertEquals(log, []);
  {
    await using c = await manager;
    log.push(c.value);
  }
  assertEquals(log, ["enter", "x", "leave"]);
});

Deno.test("asyncContextManager() leaves when the block throws", async () => {
  const log: string[] = [];
  const open = asyncContextManager(async function* () {
    try {
      yield;
    } finally {
      log.push("leave");
    }
  });
  await assertRejects(
    async () => {
      await using _c = await open();
      throw new RangeError("in the block");
    },
    RangeError,
    "in the block",
  );
  assertEquals(log, ["leave"]);
});

Deno.test("AsyncContextManager is entered once", async () => {
  const manager = asyncContextManager(async function* () {
    yield 1;
  })();
  {
    await using _c = await manager;
  }
  await assertRejects(async () => await manager, InvalidStateError, "twice");
});

Deno.test("AsyncContextManager.run() returns what the function gives and tells the generator of failures", async () => {
  const seen: string[] = [];
  const open = asyncContextManager(async function* (handle: boolean) {
    try {
      yield 20;
      seen.push("well");
    } catch (error) {
      seen.push((error as Error).message);
      if (!handle) throw error;
    }
  });
  assertEquals(await open(false).run((n) => n + 1), 21);
  const fail = (): never => {
    throw new RangeError("inside");
  };
  assertEquals(await open(true).run(fail), undefined);
  await assertRejects(() => open(false).run(fail), RangeError, "inside");
  assertEquals(seen, ["well", "inside", "inside"]);
});

Deno.test("asyncContextManager() refuses a generator that does not yield, and one that yields twice", async () => {
  const none = asyncContextManager(async function* () {});
  await assertRejects(async () => await none(), InvalidStateError, "did not yield");
  const twice = asyncContextManager(async function* () {
    yield 1;
    yield 2;
  });
  await assertRejects(() => twice().run(() => 0), InvalidStateError, "second time");
  const stubborn = asyncContextManager(async function* () {
    try {
      yield 1;
    } catch {
      yield 2;
    }
  });
  const error = await assertRejects(
    () => stubborn().run(() => Promise.reject(new RangeError("first"))),
    InvalidStateError,
  );
  assertEquals((error.cause as Error).message, "first");
  assertThrows(() => asyncContextManager(5 as never), TypeError);
});
