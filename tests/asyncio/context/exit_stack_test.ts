import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { aclosing } from "../../../src/asyncio/context/aclosing.ts";
import { asyncContextManager } from "../../../src/asyncio/context/async_context_manager.ts";
import { AsyncExitStack } from "../../../src/asyncio/context/async_exit_stack.ts";
import { contextManager } from "../../../src/asyncio/context/context_manager.ts";
import { ExitStack } from "../../../src/asyncio/context/exit_stack.ts";
import { InvalidStateError } from "../../../src/core/errors.ts";

function noting(log: string[]): {
  open: (name: string) => Disposable & { value: string };
  openAsync: (name: string) => PromiseLike<AsyncDisposable & { value: string }>;
} {
  return {
    open: contextManager(function* (name: string) {
      try {
        yield name;
      } finally {
        log.push(name);
      }
    }),
    openAsync: asyncContextManager(async function* (name: string) {
      try {
        yield name;
      } finally {
        await null;
        log.push(name);
      }
    }),
  };
}

Deno.test("ExitStack leaves in the reverse order and gives the values of what it enters", () => {
  const log: string[] = [];
  const open = contextManager(function* (name: string) {
    yield name.length;
    log.push(name);
  });
  {
    using stack = new ExitStack();
    const length: number = stack.enterContext(open("four"));
    assertEquals(length, 4);
    const plain = { [Symbol.dispose]: () => void log.push("plain") };
    assertStrictEquals(stack.enterContext(plain), plain);
    stack.callback((...words: string[]) => log.push(words.join(" ")), "a", "callback");
    stack.push(() => log.push("pushed"));
  }
  assertEquals(log, ["pushed", "a callback", "plain", "four"]);
});

Deno.test("ExitStack goes on leaving when something fails, and lets each failure out", () => {
  const log: string[] = [];
  const error = assertThrows(() => {
    using stack = new ExitStack();
    stack.callback(() => log.push("last"));
    stack.callback(() => {
      throw new RangeError("first to leave");
    });
    throw new TypeError("in the block");
  }, SuppressedError);
  assertEquals(log, ["last"]);
  assertEquals((error.error as Error).message, "first to leave");
  assertEquals((error.suppressed as Error).message, "in the block");
});

Deno.test("ExitStack.popAll() hands everything over to a new stack", () => {
  const log: string[] = [];
  let kept: ExitStack;
  {
    using stack = new ExitStack();
    stack.push(() => log.push("a"));
    stack.push(() => log.push("b"));
    kept = stack.popAll();
  }
  assertEquals(log, []);
  kept.push(() => log.push("c"));
  kept.close();
  kept.close();
  assertEquals(log, ["c", "b", "a"]);
});

Deno.test("AsyncExitStack takes over both kinds, in one order", async () => {
  const log: string[] = [];
  const { open, openAsync } = noting(log);
  {
    await using stack = new AsyncExitStack();
    assertEquals(stack.enterContext(open("sync") as never), "sync");
    assertEquals(await stack.enterAsyncContext(openAsync("async") as never), "async");
    stack.pushAsyncCallback(async (word: string) => {
      await null;
      log.push(word);
    }, "callback");
    stack.pushAsyncExit({ [Symbol.asyncDispose]: async () => void await log.push("exit") });
  }
  assertEquals(log, ["exit", "callback", "async", "sync"]);
});

Deno.test("AsyncExitStack lets the failure of a callback out after the rest was left", async () => {
  const log: string[] = [];
  const stack = new AsyncExitStack();
  stack.callback(() => log.push("last"));
  stack.callback(() => Promise.reject(new RangeError("late")));
  await assertRejects(() => stack.aclose(), RangeError, "late");
  assertEquals(log, ["last"]);
});

Deno.test("AsyncExitStack.popAll() keeps what was opened", async () => {
  const log: string[] = [];
  const stack = new AsyncExitStack();
  await stack.enterAsyncContext(noting(log).openAsync("kept") as never);
  const kept = stack.popAll();
  await stack.aclose();
  assertEquals(log, []);
  await kept.aclose();
  assertEquals(log, ["kept"]);
});

Deno.test("AsyncExitStack closes what is entered too late", async () => {
  const log: string[] = [];
  const stack = new AsyncExitStack();
  const entering = stack.enterAsyncContext(noting(log).openAsync("late"));
  await stack.aclose();
  await assertRejects(() => entering, InvalidStateError, "has been left");
  assertEquals(log, ["late"]);
});

Deno.test("aclosing() closes an async generator that was not read to its end", async () => {
  const log: string[] = [];
  async function* ticks(): AsyncGenerator<number> {
    try {
      for (let n = 0;; n++) yield n;
    } finally {
      await null;
      log.push("closed");
    }
  }
  {
    await using running = aclosing(ticks());
    for await (const n of running) {
      const item: number = n;
      if (item === 2) break;
    }
    log.push("after the loop");
  }
  assertEquals(log, ["closed", "after the loop"]);
  {
    await using running = aclosing(ticks());
    await running.value.next();
  }
  assertEquals(log.at(-1), "closed");
  assertEquals(log.length, 3);
});

Deno.test("aclosing() closes by aclose() or close(), once, and refuses what has neither", async () => {
  const log: string[] = [];
  const closing = aclosing({ aclose: () => log.push("aclose"), close: () => log.push("close") });
  await closing[Symbol.asyncDispose]();
  await closing[Symbol.asyncDispose]();
  await aclosing({ close: () => log.push("close") })[Symbol.asyncDispose]();
  assertEquals(log, ["aclose", "close"]);
  assertThrows(() => aclosing({} as never), TypeError, "Cannot close");
  assertThrows(() => aclosing(closing.value)[Symbol.asyncIterator](), TypeError, "iterate");
});
