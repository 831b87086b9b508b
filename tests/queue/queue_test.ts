import "../support/leak_guard.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Queue, TransferError } from "../../src/queue/mod.ts";
import { Event, Lock } from "../../src/threading/mod.ts";
import { queueSuite } from "../suites/queue_suite.ts";

queueSuite("queue.Queue", (maxsize) => new Queue(maxsize));

/** What comes out when `value` goes in. */
function through<T>(value: T): T {
  const queue = new Queue<T>();
  queue.putSync(value);
  return queue.getSync();
}

Deno.test("Queue carries whatever structured clone does", () => {
  const values = [
    0,
    -0,
    1,
    -1,
    255,
    256,
    2 ** 31 - 1,
    -(2 ** 31),
    2 ** 31,
    2 ** 53,
    1.5,
    NaN,
    Infinity,
    -Infinity,
    undefined,
    null,
    true,
    false,
    "",
    "plain",
    "ünïcödé ÿ",
    "π and 😀",
    "x".repeat(70_000),
    "π".repeat(3000),
    0n,
    -(2n ** 100n),
    2n ** 64n - 1n,
    [],
    [1, [2, [3]]],
    [undefined, null],
    { a: 1, b: { c: "d" } },
    {},
    { "": undefined },
    new Date(0),
    new Date(NaN),
    /a+b/gi,
    new Map<unknown, unknown>([[1, { a: 1 }], ["x", new Set([1])]]),
    new Set([1, "two", null]),
    new Uint8Array([1, 2, 3]),
    new Float64Array([1.5, NaN]),
    new BigInt64Array([1n, -1n]),
    new Uint8Array([1, 2, 3]).buffer,
    Object(5),
    Object("boxed"),
    new Array(300).fill({ x: 1 }),
  ]; // deno-fmt-ignore
  for (const value of values) assertEquals(through(value), value);
});

Deno.test("Queue keeps holes, cycles, shared parts and fields called __proto__", () => {
  const holes = through([1, , 3]); // deno-lint-ignore no-sparse-arrays
  assertEquals([1 in holes, holes.length], [false, 3]);
  const cycle: Record<string, unknown> = { name: "me" };
  cycle.self = cycle;
  const back = through(cycle);
  assertStrictEquals(back.self, back);
  const part = { x: 1 };
  const many = through(Array.from({ length: 40 }, () => part));
  assertStrictEquals(many[0], many[39]);
  const own = through(JSON.parse('{"__proto__": {"bad": true}}'));
  assertEquals(Object.getPrototypeOf(own), Object.prototype);
  assertEquals(Object.keys(own), ["__proto__"]);
  class Point {
    constructor(readonly x: number, readonly y: number) {}
  }
  assertEquals({ ...through(new Point(1, 2)) }, { x: 1, y: 2 });
});

Deno.test("Queue carries errors as themselves, and locks and queues stay the same", () => {
  const error = through(new RangeError("no", { cause: new TypeError("inner") }));
  assertEquals([error instanceof RangeError, error.message], [true, "no"]);
  assertEquals((error.cause as Error).name, "TypeError");
  const lock = new Lock(), event = new Event(), queue = new Queue<number>();
  const [item, deep, other] = through([lock, { event }, queue] as const);
  assertStrictEquals(item, lock);
  assertStrictEquals(deep.event, event);
  assertStrictEquals(other, queue);
});

Deno.test("Queue refuses what cannot cross, naming it, and stays usable", () => {
  const queue = new Queue<unknown>();
  assertThrows(() => queue.putSync({ deep: [() => 1] }), TransferError, "deep[0]");
  assertThrows(() => queue.putSync(Symbol("no")), TransferError);
  assertThrows(() => queue.putSync(new WeakMap()), TransferError);
  const { port1, port2 } = new MessageChannel();
  assertThrows(() => queue.putSync(port1), TransferError, "MessagePort");
  port1.close();
  port2.close();
  assertEquals(queue.qsize(), 0);
  queue.putSync("fine");
  assertEquals(queue.getSync(), "fine");
});

Deno.test("Queue grows, goes round its end, and keeps the order", () => {
  const queue = new Queue<unknown>();
  let put = 0, got = 0;
  const item = (i: number) => i % 7 === 0 ? "s".repeat(i % 500) : i % 5 === 0 ? i + 0.5 : i;
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < round * 3; i++) queue.putSync(item(put++));
    for (let i = 0; i < round * 2; i++) assertEquals(queue.getSync(), item(got++));
  }
  while (got < put) assertEquals(queue.getSync(), item(got++));
  assertEquals(queue.empty(), true);
});

Deno.test("Queue puts what a getter of the item puts while it is being written", () => {
  const queue = new Queue<unknown>();
  queue.putSync({
    before: 1,
    get inner() {
      queue.putSync({ from: "getter" });
      return 2;
    },
  });
  assertEquals([queue.getSync(), queue.getSync()], [{ from: "getter" }, { before: 1, inner: 2 }]);
});
