/** Coroutines driven for an owner that notes what it is told. */
import "../../support/leak_guard.ts";
import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { type EventLoop, Future, newEventLoop } from "../../../src/asyncio/mod.ts";
import {
  type CoroutineBody,
  type Driven,
  resumeCoroutine,
  startCoroutine,
} from "../../../src/asyncio/task/coroutine_driver.ts";

class Owner<T> implements Driven<T> {
  readonly host = null;
  body: CoroutineBody<T> | null = null;
  flow = null;
  readonly told: unknown[] = [];
  instead: Error | null = null;
  readonly #loop: EventLoop;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  getLoop(): EventLoop {
    return this.#loop;
  }
  wake(future: Future<unknown>): void {
    resumeCoroutine(this, future);
  }
  waits(): void {
    this.told.push("waits");
  }
  woken(): Error | null {
    this.told.push("woken");
    const { instead } = this;
    this.instead = null;
    return instead;
  }
  returned(value: T): void {
    this.told.push(["returned", value]);
  }
  threw(error: unknown): void {
    this.told.push(["threw", error]);
  }
}

/** Drives a body to its end, or as far as the given passes go, and returns the owner. */
async function drive<T>(
  body: (loop: EventLoop) => CoroutineBody<T>,
  during?: (owner: Owner<T>) => void,
): Promise<Owner<T>> {
  const loop = newEventLoop();
  const owner = new Owner<T>(loop);
  startCoroutine(owner, body(loop));
  during?.(owner);
  await loop.runUntilComplete(function* () {
    for (let pass = 0; pass < 6; pass++) yield;
  });
  loop.close();
  return owner;
}

Deno.test("a coroutine makes the first step at once and tells what is returned or thrown", async () => {
  const error = new Error("no");
  // deno-lint-ignore require-yield -- a body that never waits is the case
  const returns = await drive(function* () {
    return 1;
  });
  assertEquals(returns.told, [["returned", 1]]);
  // deno-lint-ignore require-yield -- the same
  const throws = await drive(function* () {
    throw error;
  });
  assertEquals(throws.told, [["threw", error]]);
});

Deno.test("a coroutine is sent what it waited for, a bare yield waits one pass", async () => {
  const owner = await drive(function* (loop) {
    yield;
    const future = new Future<number>(loop);
    loop.callSoon(() => future.setResult(41));
    return 1 + (yield* future);
  });
  assertEquals(owner.told, ["waits", "woken", "waits", "woken", ["returned", 42]]);
});

Deno.test("a coroutine is thrown what the owner says in the place of a result", async () => {
  const instead = new Error("instead");
  const owner = await drive(function* () {
    try {
      yield;
    } catch (error) {
      return error;
    }
  }, (owner) => owner.instead = instead);
  assertEquals(owner.told.at(-1), ["returned", instead]);
});

Deno.test("a coroutine is thrown failures, and an iterator without throw() goes no further", async () => {
  const failure = new Error("failed");
  const caught = await drive(function* (loop) {
    const future = new Future<number>(loop);
    loop.callSoon(() => future.setException(failure));
    try {
      yield* future;
    } catch (error) {
      return error;
    }
  });
  assertEquals(caught.told.at(-1), ["returned", failure]);
  let steps = 0;
  const bare = await drive((loop) => ({
    next() {
      steps++;
      const future = new Future<number>(loop);
      loop.callSoon(() => future.setException(failure));
      return { value: future, done: false };
    },
  }));
  assertEquals(bare.told.at(-1), ["threw", failure]);
  assertStrictEquals(steps, 1);
});

Deno.test("a coroutine is thrown an error in a pass of its own when something is yielded that cannot be waited for", async () => {
  const owner = await drive(function* () {
    const errors: unknown[] = [];
    for (const odd of [1, "text", () => 1, (function* () {})(), {}]) {
      try {
        yield odd;
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  });
  const [what, errors] = owner.told.at(-1) as [string, unknown[]];
  assertEquals(what, "returned");
  assertEquals(errors.length, 5);
  for (const error of errors) assertInstanceOf(error, TypeError);
});
