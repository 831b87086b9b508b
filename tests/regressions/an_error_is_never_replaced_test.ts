/** An error crosses although something in it cannot: that is left out, and named. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { type Executor, portable, TransferError } from "@quartet/concurrency/futures";
import { testEachExecutor } from "../support/each_executor.ts";

const throwers = portable(import.meta, {
  field(): never {
    const config = { url: "/x", transform: [() => 1], list: [1, Symbol("s"), 3] };
    throw Object.assign(new Error("request failed"), { config, plain: 7 });
  },
  cause(): never {
    throw new Error("request failed", { cause: Promise.resolve(1) });
  },
  inner(): never {
    const one = Object.assign(new Error("one"), { a: { b: Symbol("s") } });
    throw new AggregateError([one, () => 1], "request failed");
  },
  chain(length: number): never {
    let error = new Error("first");
    for (let n = 0; n < length; n++) error = new Error("request failed", { cause: error });
    throw error;
  },
  deep(): never {
    let value: unknown = 1;
    for (let n = 0; n < 100_000; n++) value = { value };
    throw Object.assign(new Error("request failed"), { value });
  },
  getters(): never {
    const error = new Error("request failed");
    const broken = {
      get: (): never => {
        throw new Error("getter");
      },
      enumerable: true,
    };
    Object.defineProperty(error, "broken", broken);
    Object.defineProperty(error, "name", broken);
    throw Object.assign(error, { inside: Object.defineProperties({ good: 1 }, { bad: broken }) });
  },
  itself(): never {
    const error = new Error("request failed") as Error & { self: unknown; list: unknown };
    error.self = error;
    error.list = [error, new Map([[error, error]])];
    error.cause = error;
    throw error;
  },
  polluting(): never {
    const fields = JSON.parse(`{ "__proto__": { "polluted": true } }`);
    const error = new Error("request failed");
    Object.defineProperty(error, "__proto__", { value: fields, enumerable: true });
    throw error;
  },
  nothing(): never {
    throw () => 1;
  },
});

type Torn = Error & { leftOut?: string[]; [field: string]: unknown };

async function thrown<A extends unknown[]>(
  executor: Executor,
  fn: (...args: A) => never,
  ...args: A
): Promise<Torn> {
  return await executor.submit(fn as (...args: A) => unknown, ...args).then(
    () => new Error("nothing was thrown") as Torn,
    (error) => error as Torn,
  );
}

const pools = { names: ["ThreadPoolExecutor", "ProcessPoolExecutor"], width: 1 };

testEachExecutor("a function in a field", async (executor) => {
  const error = await thrown(executor, throwers.field);
  assertEquals(error.message, "request failed");
  assertEquals(error.plain, 7);
  assertEquals(error.config, { url: "/x", transform: [undefined], list: [1, undefined, 3] });
  assertEquals(error.leftOut!.map((each) => each.split(":")[0]), [
    "config.transform[0]",
    "config.list[1]",
  ]);
}, pools);

testEachExecutor("a cause or an error of several that cannot cross", async (executor) => {
  const cause = await thrown(executor, throwers.cause);
  assertEquals([cause.message, "cause" in cause], ["request failed", false]);
  assert(cause.leftOut![0]!.startsWith("cause: a Promise"));
  const inner = await thrown(executor, throwers.inner);
  assertInstanceOf(inner, AggregateError);
  assertEquals(inner.errors.map((each: Torn) => [each.message, each.a]), [["one", {}]]);
  assert(inner.leftOut![0]!.startsWith("errors[1]"));
  assert(inner.errors[0].leftOut[0].startsWith("a.b: Symbol(s)"));
}, pools);

testEachExecutor("causes without end, and a field that is too deep", async (executor) => {
  const error = await thrown(executor, throwers.chain, 5_000);
  assertEquals(error.message, "request failed");
  let depth = 0;
  let last: Torn = error;
  for (; last.cause !== undefined; last = last.cause as Torn) depth++;
  assert(depth > 100, `only ${depth} causes crossed`);
  assert(last.leftOut![0]!.startsWith("cause: it is nested"));
  const deep = await thrown(executor, throwers.deep);
  assertEquals(deep.message, "request failed");
  assertEquals(deep.leftOut!.length, 1);
}, pools);

testEachExecutor("getters that throw", async (executor) => {
  const error = await thrown(executor, throwers.getters);
  assertEquals([error.message, error.inside], ["request failed", { good: 1 }]);
  assertEquals(error.leftOut!.map((each) => each.split(":")[0]), ["broken", "name", "inside.bad"]);
}, pools);

testEachExecutor("an error that is in itself", async (executor) => {
  const error = await thrown(executor, throwers.itself) as Torn & { list: [Torn, Map<Torn, Torn>] };
  assertStrictEquals(error.cause, error);
  assertStrictEquals(error.self, error);
  assertStrictEquals(error.list[0], error);
  assertStrictEquals(error.list[1].get(error), error);
}, pools);

testEachExecutor("a field that is called __proto__", async (executor) => {
  const error = await thrown(executor, throwers.polluting);
  assertEquals(error.message, "request failed");
  assertInstanceOf(error, Error);
  assertEquals((error as { polluted?: unknown }).polluted, undefined);
}, pools);

testEachExecutor("what is thrown and is no error", async (executor) => {
  const error = await thrown(executor, throwers.nothing);
  assertInstanceOf(error, TransferError);
  assert(error.message.includes("function"));
}, pools);
