import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Context, copyContext } from "../../../src/asyncio/context/context.ts";
import { ContextVar, Token } from "../../../src/asyncio/context/context_var.ts";
import { createTask, InvalidStateError, run, Runner, sleep } from "../../../src/asyncio/mod.ts";

Deno.test("ContextVar.get() returns the value, the fallback, the default, in this order", () => {
  const plain = new ContextVar<number>("plain");
  const withDefault = new ContextVar("with default", { default: 1 });
  copyContext().run(() => {
    assertThrows(() => plain.get(), InvalidStateError, "plain");
    assertEquals([plain.get(0), withDefault.get(), withDefault.get(2)], [0, 1, 2]);
    plain.set(5);
    assertEquals([plain.get(0), plain.get()], [5, 5]);
  });
  assertEquals(new ContextVar<undefined>("u", { default: undefined }).get(), undefined);
  assertThrows(() => new ContextVar(5 as never), TypeError);
});

Deno.test("ContextVar.reset() goes back to the value before, or to none", () => {
  const variable = new ContextVar<string>("v");
  copyContext().run(() => {
    const first = variable.set("a");
    const second = variable.set("b");
    assertStrictEquals(first.oldValue, Token.MISSING);
    assertEquals(second.oldValue, "a");
    variable.reset(second);
    assertEquals(variable.get(), "a");
    variable.reset(first);
    assertEquals(variable.get("none"), "none");
  });
});

Deno.test("ContextVar.reset() refuses a used token, and one of another variable or context", () => {
  const a = new ContextVar<number>("a"), b = new ContextVar<number>("b");
  copyContext().run(() => {
    const token = a.set(1);
    assertThrows(() => b.reset(token), RangeError, "another variable");
    assertThrows(() => copyContext().run(() => a.reset(token)), RangeError, "another context");
    a.reset(token);
    assertThrows(() => a.reset(token), InvalidStateError, "used");
  });
});

Deno.test("Token puts the value back at the end of a block", () => {
  const variable = new ContextVar("v", { default: 0 });
  {
    using _ = variable.set(1);
    assertEquals(variable.get(), 1);
  }
  assertEquals(variable.get(), 0);
});

Deno.test("Context.run() keeps what is set inside, and the outside does not see it", () => {
  const variable = new ContextVar("v", { default: "outside" });
  const context = copyContext();
  assertEquals(context.run((suffix) => (variable.set(`in${suffix}`), 7), "side"), 7);
  assertEquals([variable.get(), context.get(variable)], ["outside", "inside"]);
  assertEquals(context.run(() => variable.get()), "inside");
  assertEquals([...context].map(([v, value]) => [v.name, value]), [["v", "inside"]]);
});

Deno.test("Context that is entered cannot be entered again, a copy can", () => {
  const context = new Context();
  context.run(() => {
    assertThrows(() => context.run(() => 0), InvalidStateError, "entered already");
    assertEquals(context.copy().run(() => 1), 1);
  });
  assertThrows(() =>
    context.run(() => {
      throw new RangeError("x");
    }), RangeError);
  assertEquals(context.run(() => 2), 2);
});

Deno.test("copyContext() is a snapshot on both sides", () => {
  const variable = new ContextVar("v", { default: 0 });
  copyContext().run(() => {
    variable.set(1);
    const snapshot = copyContext();
    variable.set(2);
    snapshot.run(() => variable.set(3));
    assertEquals([variable.get(), snapshot.get(variable)], [2, 3]);
    assertEquals([snapshot.has(variable), new Context().has(variable)], [true, false]);
  });
});

Deno.test("Context stays in place for all of an async function", async () => {
  const variable = new ContextVar("v", { default: "outside" });
  const inside = copyContext().run(async () => {
    variable.set("inside");
    await null;
    return variable.get();
  });
  assertEquals([variable.get(), await inside, variable.get()], ["outside", "inside", "outside"]);
  await assertRejects(
    () => new Context().run(() => Promise.reject(new RangeError("x"))),
    RangeError,
  );
});

Deno.test("a task begins with its maker's values and keeps its own", async () => {
  await run(async () => {
    const variable = new ContextVar("v", { default: "none" });
    const token = variable.set("maker");
    const seen: string[] = [];
    const work = async (name: string): Promise<void> => {
      seen.push(variable.get());
      variable.set(name);
      await sleep(0);
      seen.push(variable.get());
    };
    const tasks = [createTask(() => work("a")), createTask(() => work("b"))];
    variable.set("changed after");
    await Promise.all(tasks);
    assertEquals(seen, ["maker", "maker", "a", "b"]);
    assertEquals(variable.get(), "changed after");
    const other = createTask(() => variable.reset(token));
    await assertRejects(async () => await other, RangeError, "another context");
  });
});

Deno.test("generator tasks have values of their own too", async () => {
  await run(function* () {
    const variable = new ContextVar("v", { default: 0 });
    variable.set(1);
    const child = createTask(function* () {
      variable.set(variable.get() + 1);
      yield* sleep(0);
      return variable.get();
    });
    assertEquals(yield* child, 2);
    assertEquals(variable.get(), 1);
  });
});

Deno.test("a task made inside of Context.run() takes over that context", async () => {
  await run(async () => {
    const variable = new ContextVar("v", { default: "outside" });
    const context = copyContext();
    const task = context.run(() => {
      variable.set("inside");
      return createTask(() => variable.get());
    });
    assertEquals([await task, variable.get()], ["inside", "outside"]);
  });
});

Deno.test("createTask() takes a context to run in; the runs of a Runner share one", async () => {
  const variable = new ContextVar("v", { default: "none" });
  await run(async () => {
    const context = new Context();
    await createTask(() => variable.set("in it"), { context });
    assertEquals([context.get(variable), variable.get()], ["in it", "none"]);
  });
  await using runner = new Runner();
  await runner.run(() => void variable.set("first run"));
  assertEquals(await runner.run(() => variable.get()), "first run");
  assertEquals(variable.get(), "none");
});
