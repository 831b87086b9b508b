import "../../support/leak_guard.ts";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { TransferError } from "../../../src/core/errors.ts";
import { noteKind, travels } from "../../../src/shared/memory/handle.ts";
import { decode, encode, missingModules } from "../../../src/wire/codec/codec.ts";
import { transfer } from "../../../src/wire/codec/transfer.ts";

/** Over to the other side and back, by way of structured clone as ports do it. */
function cross(value: unknown): unknown {
  return arrive(encode(value, "thread", []));
}

function arrive({ value, marked }: ReturnType<typeof encode>): unknown {
  return decode({ value: structuredClone(value), marked }, "thread");
}

Deno.test("encode() copies a value: what is done to it later does not show", () => {
  const value = {
    a: [1, "two", null, undefined],
    b: new Map([[1, new Set([2n])]]),
    c: new Date(5),
  };
  const parcel = encode(value, "thread", []);
  assertEquals(parcel.value, value);
  assertEquals(parcel.marked, false);
  value.a.push(3);
  value.b.clear();
  value.c.setTime(6);
  assertEquals(parcel.value, {
    a: [1, "two", null, undefined],
    b: new Map([[1, new Set([2n])]]),
    c: new Date(5),
  });
});

Deno.test("an error crosses with class, fields, cause and stack, wherever it stands", () => {
  const error = new RangeError("outer", { cause: new TypeError("inner") });
  Object.assign(error, { code: 7 });
  const crossed = (cross({ list: [error] }) as { list: (RangeError & { code: number })[] })
    .list[0]!;
  assertInstanceOf(crossed, RangeError);
  assertInstanceOf(crossed.cause, TypeError);
  assertEquals([crossed.message, crossed.code, crossed.stack], ["outer", 7, error.stack]);
});

Deno.test("a list crosses with its named fields, and is refused for one that throws", () => {
  for (const list of [[1], [1, undefined], [1, , 3], "xay".match(/a(?<rest>y)/)!]) {
    const named = Object.assign(list, { name: "x", pair: [1, 2] });
    assertEquals(cross(named), structuredClone(named));
    assertEquals((cross({ named }) as { named: typeof named }).named.name, "x");
  }
  const broken = Object.defineProperty([1, 2], "late", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });
  assertThrows(() => encode({ broken }, "thread", []), TransferError, "failed with");
});

Deno.test("of an error that is too deep one thing is left out, wherever the stack ends", () => {
  let value: unknown = 1;
  for (let n = 0; n < 5_000; n++) value = { value };
  const deep = Object.assign(new Error("failed"), { value });
  let chain = new Error("failed");
  for (let n = 0; n < 5_000; n++) chain = new Error("failed", { cause: chain });
  for (let frames = 0; frames < 6_000; frames += 113) {
    for (const error of [deep, chain]) {
      const parcel = under(frames, () => encode(error, "thread", []));
      let last = arrive(parcel) as Error & { leftOut?: string[] };
      while (last.cause instanceof Error) {
        assertEquals([last.message, last.leftOut], ["failed", undefined]);
        last = last.cause;
      }
      assertEquals([last.message, last.leftOut!.length], ["failed", 1]);
      assertMatch(last.leftOut![0]!, /^(value\..*|cause): it is nested/);
    }
  }
});

/** What `fn` returns with so many frames of the stack above it. */
function under<T>(frames: number, fn: () => T): T {
  return frames === 0 ? fn() : under(frames - 1, fn);
}

Deno.test("an error that is its own cause crosses", () => {
  const error = new Error("loop");
  error.cause = error;
  const crossed = cross(error) as Error;
  assertStrictEquals(crossed.cause, crossed);
});

Deno.test("a DOMException crosses with its name", () => {
  const crossed = cross(new DOMException("too long", "TimeoutError")) as DOMException;
  assertInstanceOf(crossed, DOMException);
  assertEquals([crossed.name, crossed.message], ["TimeoutError", "too long"]);
});

Deno.test("a cyclic value with an error in it keeps its shape", () => {
  const value: Record<string, unknown> = { error: new Error("x") };
  value.self = value;
  value.list = [value, value.error];
  const crossed = cross(value) as { error: Error; self: unknown; list: unknown[] };
  assertStrictEquals(crossed.self, crossed);
  assertStrictEquals(crossed.list[0], crossed);
  assertStrictEquals(crossed.list[1], crossed.error);
});

Deno.test("a large plain cyclic value is looked through once", () => {
  const value: { next?: unknown; items: number[][] } = {
    items: Array.from({ length: 5_000 }, () => [1]),
  };
  value.next = value;
  const crossed = cross(value) as typeof value;
  assertStrictEquals(crossed.next, crossed);
});

Deno.test("what cannot cross is refused with the path at which it stands", () => {
  for (
    const [value, path] of [
      [() => 1, ""],
      [{ a: { f() {} } }, "a.f"],
      [[1, [Symbol("s")]], "[1][0]"],
      [new Map([["k", () => 1]]), '.get("k")'],
      [{ w: new WeakMap() }, "w"],
      [{ p: Promise.resolve() }, "p"],
    ] as const
  ) {
    const error = assertThrows(() => encode(value, "thread", []), TransferError);
    assertEquals(error.path, path);
  }
});

Deno.test("shared memory crosses to a thread and not to a process", () => {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  assertEquals(encode({ shared }, "thread", []).marked, false);
  const error = assertThrows(() => encode({ shared }, "process", []), TransferError);
  assertEquals(error.path, "shared");
});

Deno.test("a user's value that looks like a mark crosses as it is", () => {
  const forged = { "\u0000quartet": "handle", handle: { kind: "nothing" } };
  assertEquals(cross({ forged, error: null }), { forged, error: null });
});

Deno.test("an object that travels is made again on the other side, the same one where it stands twice", () => {
  class Token {
    constructor(readonly id: number) {}
    [travels]() {
      return { kind: "test.Token", module: import.meta.url, data: this.id };
    }
  }
  noteKind("test.Token", (id: number) => new Token(id));
  const token = new Token(3);
  const [first, second] = cross([token, { token }]) as [Token, { token: Token }];
  assertInstanceOf(first, Token);
  assertEquals(first.id, 3);
  assertStrictEquals(second.token, first);
});

Deno.test("missingModules() names what has to be loaded before a handle can be revived", () => {
  const traveller = {
    [travels]: () => ({ kind: "test.Unknown", module: "file:///x.ts", data: 0 }),
  };
  assertEquals(missingModules(encode([traveller], "thread", []), "thread"), ["file:///x.ts"]);
  assertEquals(missingModules(encode([1], "thread", []), "thread"), []);
});

Deno.test("transfer() marks buffers that the next encode() moves, once", () => {
  const bytes = new Uint8Array(4);
  const moves: Transferable[] = [];
  encode({ bytes: transfer(bytes) }, "thread", moves);
  encode({ bytes }, "thread", moves);
  assertEquals(moves, [bytes.buffer]);
  assertThrows(() => transfer(5), TypeError, "5");
});
