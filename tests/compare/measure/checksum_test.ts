import "../../support/leak_guard.ts";
import { assertEquals, assertNotEquals } from "@std/assert";
import { checksumOf } from "../../../src/compare/measure/checksum.ts";

async function sha(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex().slice(0, 16);
}

Deno.test("checksumOf() of plain data is that of its JSON, so that other languages can make it", async () => {
  const results = [1, "a", null, true, [2, { b: [3] }], { c: "d" }];
  assertEquals(await checksumOf(results), await sha(JSON.stringify(results)));
});

Deno.test("checksumOf() names whatever a function can return", async () => {
  const cyclic: unknown[] = [1];
  cyclic.push({ back: cyclic });
  class Point {
    constructor(readonly x: number) {}
    toJSON(): never {
      throw new Error("this is not for JSON");
    }
  }
  const throwing = Object.defineProperty({}, "a", {
    enumerable: true,
    get: () => {
      throw new TypeError("no");
    },
  });
  const trap = new Proxy({}, {
    ownKeys: () => {
      throw new EvalError("no");
    },
  });
  const values = [
    trap,
    ...[cyclic, new Point(1), throwing, 7n, NaN, Infinity, Symbol("s"), () => 1, undefined],
    ...[new Map([[{ a: 1 }, 2]]), new Set([1]), new Error("e"), new Date(0), new Date(NaN), /a/g],
    ...[new Uint8Array([1, 2]), new ArrayBuffer(2), new DataView(new ArrayBuffer(3)), "text"],
  ];
  const names = await Promise.all(values.map((value) => checksumOf([value])));
  assertEquals(names.every((name) => /^[0-9a-f]{16}$/.test(name!)), true);
  assertEquals(new Set(names).size, values.length, "two of them have the same name");
  assertEquals(names, await Promise.all(values.map((value) => checksumOf([value]))));
});

Deno.test("checksumOf() leaves classes aside, since they do not cross", async () => {
  class Point {
    constructor(readonly x: number) {}
  }
  assertEquals(await checksumOf([new Point(1)]), await checksumOf([{ x: 1 }]));
  assertNotEquals(await checksumOf([new Point(1)]), await checksumOf([{ x: 2 }]));
});

Deno.test("checksumOf() says when results are nested too deeply", async () => {
  let deep: unknown = 0;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  assertEquals(await checksumOf([deep]), null);
});
