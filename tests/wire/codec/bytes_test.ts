import "../../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { TransferError } from "../../../src/core/errors.ts";
import {
  Body,
  fromFrame,
  loadStructured,
  type Packet,
  toPacket,
} from "../../../src/wire/codec/bytes.ts";

await loadStructured();

async function pack(value: unknown): Promise<Packet> {
  return await toPacket(value);
}

async function there(value: unknown): Promise<unknown> {
  const { kind, body, attachments } = await pack(value);
  return await fromFrame(kind, { body, attachments: attachments.map((each) => each.slice()) });
}

Deno.test("plain values go as JSON", async () => {
  for (const value of [1, "é", true, null, [], {}, [1, [2, { a: "b" }]], "\ud800", { "": 0 }]) {
    assertEquals((await pack(value)).kind, Body.JSON, JSON.stringify(value));
    assertEquals(await there(value), value);
  }
  const many = Array.from({ length: 30 }, (_, i) => ({ i }));
  assertEquals((await pack(many)).kind, Body.JSON);
});

Deno.test("what JSON would change goes by structured clone", async () => {
  const shared = { a: 1 };
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const named = Object.assign([1], { name: "x" });
  const values = [
    undefined,
    NaN,
    -0,
    Infinity,
    5n,
    [1, , 3],
    [undefined],
    new Date(0),
    /x/g,
    new Map([[1, 2]]),
    new Set([1]),
    [shared, shared],
    cyclic,
    named,
    Object.assign([1, , 3], { name: "as many values as items" }),
    new Uint8Array(3),
    Object(1),
    { toJSON: 5 },
    new Error("e"),
  ];
  for (const value of values) {
    assertEquals((await pack(value)).kind, Body.STRUCTURED);
    const back = await there(value);
    assertEquals(back, structuredClone(value));
    if (typeof value === "number") assert(Object.is(back, value));
  }
  const [first, second] = await there([shared, shared]) as [object, object];
  assert(first === second);
  let deep: unknown[] = [];
  for (let i = 0; i < 500; i++) deep = [deep];
  assertEquals((await pack(deep)).kind, Body.STRUCTURED);
});

Deno.test("big buffers travel beside the body, once each, and keep what they share", async () => {
  const floats = new Float64Array(10_000).fill(1.5);
  const message = { floats, part: new Uint8Array(floats.buffer, 8, 16), small: new Uint8Array(4) };
  const packet = await pack(message);
  assertEquals(packet.attachments.map(({ length }) => length), [80_000]);
  assert(packet.attachments[0]!.buffer === floats.buffer, "not copied");
  assert(packet.body.length < 500);
  const back = await there(message) as typeof message;
  assertEquals(back, message);
  assert(back.part.buffer === back.floats.buffer);
});

Deno.test("what cannot cross is refused at once", () => {
  assertThrows(() => toPacket(() => 1), TransferError);
  assertThrows(() => toPacket({ deep: Symbol("s") }), TransferError);
  assertThrows(() => fromFrame(99, { body: new Uint8Array(), attachments: [] }), TypeError, "99");
});
