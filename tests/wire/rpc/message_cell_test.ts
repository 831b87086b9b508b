import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { allocate, free } from "../../../src/shared/memory/heap.ts";
import { load, store } from "../../../src/shared/memory/words.ts";
import { CELL, MessageCell } from "../../../src/wire/rpc/message_cell.ts";

/** A cell in memory of its own, which is given back. */
class Kept implements Disposable {
  readonly at: number = allocate(CELL);
  readonly box: MessageCell;
  constructor(depth = 1) {
    this.box = new MessageCell(this.at, depth);
  }
  [Symbol.dispose](): void {
    free(this.at, CELL);
  }
}

const ATOMS = [
  ...[
    0,
    1,
    -1,
    -0,
    2 ** 31 - 1,
    -(2 ** 31),
    2 ** 31,
    0.1,
    NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    5e-324,
  ],
  ...[true, false, null, undefined],
  ...["", "a", "é", "漢字", "\u{1F600}", "\uD800", "x".repeat(24), "\0"],
];

Deno.test("a message of numbers, constants and short strings comes out of a cell as it went in", () => {
  using kept = new Kept();
  const { box } = kept;
  const check = (message: unknown[]): void => {
    assertEquals(box.put(message, 7), true, Deno.inspect(message));
    const taken = box.take()!;
    assertEquals(taken.length, message.length);
    taken.forEach((each, i) => {
      if (Array.isArray(each)) assertEquals(each, message[i]);
      else assertEquals(Object.is(each, message[i]), true, Deno.inspect([each, message[i]]));
    });
  };
  for (const atom of ATOMS) {
    check([atom]);
    check([3, atom, [atom, 1]]);
    check([[atom, 0.5]]);
  }
  for (const a of ATOMS) for (const b of ATOMS) check([a, b]);
  check([]);
  check([[], []]);
});

Deno.test("what has no place in a cell is refused, and leaves it free", () => {
  using kept = new Kept();
  const { box } = kept;
  const words = (count: number): number[] => Array.from({ length: count }, () => 0.5);
  const refused: unknown[][] = [
    [{}],
    [new Date()],
    [() => {}],
    [Symbol.iterator],
    [1n],
    [new Uint8Array(1)],
    [new Map()],
    [[[1]]],
    ["x".repeat(25)],
    words(31),
    [words(29), 1, 2],
    Array.from({ length: 61 }, () => null),
    ["x".repeat(24), "x".repeat(24), "x".repeat(24)],
  ];
  for (const each of refused) {
    assertEquals(box.put(each, 1), false, Deno.inspect(each));
    assertEquals(box.take(), undefined);
  }
  assertThrows(() => box.put(Object.defineProperty([1], 0, { get: () => assertEquals(1, 2) }), 1));
  assertEquals(box.put([1], 1), true);
  using flat = new Kept(0);
  assertEquals([flat.box.put([1, [2]], 1), flat.box.put([1, 2], 1)], [false, true]);
});

Deno.test("no message writes beyond its cell", () => {
  const at = allocate(2 * CELL);
  const box = new MessageCell(at, 1);
  const behind = Array.from({ length: CELL }, (_, i) => i + 1);
  for (let length = 0; length <= CELL; length++) {
    for (const value of [1, 0.5, null, "ab", [0.5], "x".repeat(24)]) {
      behind.forEach((each, i) => store(at + CELL + i, each));
      const message = Array.from({ length }, () => value);
      if (box.put(message, 1)) assertEquals(box.take(), message);
      const guard = new MessageCell(at + CELL, 1);
      assertEquals(load(guard.at), 1);
      assertEquals(guard.put([], 3), false);
    }
  }
  free(at, 2 * CELL);
});

Deno.test("a cell holds one message, under its number, until that is taken", () => {
  using kept = new Kept();
  const { box } = kept;
  assertEquals(box.put(["first"], 0), false); // 0 is no number
  assertEquals(box.put(["first"], 5), true);
  assertEquals(box.put(["second"], 6), false);
  assertEquals(load(box.at), 5);
  assertEquals(box.take(), ["first"]);
  assertEquals([load(box.at), box.take()], [0, undefined]);
  assertEquals(box.put(["second"], -1), true);
  assertEquals(box.take(), ["second"]);
});
