import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { TransferError } from "../../../src/core/errors.ts";
import {
  allFailed,
  checkOutcomes,
  chunkOf,
  type ChunkOutcomes,
  joinOutcomes,
  OutcomeReader,
} from "../../../src/core/mapping/chunk.ts";

/** What a reader gives: values as they are, failures in brackets. */
function read(reader: OutcomeReader): unknown[] {
  const found: unknown[] = [];
  while (reader.size > 0) {
    const isFailed = reader.isFailed;
    found.push(isFailed ? [reader.next()] : reader.next());
  }
  return found;
}

const mixed: ChunkOutcomes = { values: ["a", "no", "b", "never"], failed: [1, 3] };

Deno.test("calls of one argument cross as one list, others as their lists", () => {
  assertEquals(chunkOf([[1], [undefined], [[3]]]), [[1, undefined, [3]], true]);
  assertEquals(chunkOf([[1], [2, 3]]), [[[1], [2, 3]], false]);
  assertEquals(chunkOf([[]]), [[[]], false]);
});

Deno.test("outcomes are read in order, each failure as one", () => {
  const reader = new OutcomeReader();
  reader.open(mixed);
  assertEquals(read(reader), ["a", ["no"], "b", ["never"]]);
  assertEquals(reader.isFailed, false);
  reader.open({ values: [undefined], failed: [0] });
  assertEquals(read(reader), [[undefined]]);
});

Deno.test("a value that is put back comes next, before the failures that were there", () => {
  for (let taken = 1; taken <= 4; taken++) {
    const reader = new OutcomeReader();
    reader.open(mixed);
    for (let n = 0; n < taken; n++) reader.next();
    reader.putBack("again");
    assertEquals(read(reader), ["again", ...["a", ["no"], "b", ["never"]].slice(taken)]);
  }
  const empty = new OutcomeReader();
  empty.putBack("alone");
  assertEquals(read(empty), ["alone"]);
});

Deno.test("outcomes of parts are those of the whole", () => {
  const reader = new OutcomeReader();
  reader.open(joinOutcomes([mixed, allFailed(2, "all"), { values: [], failed: [] }, mixed]));
  const four = ["a", ["no"], "b", ["never"]];
  assertEquals(read(reader), [...four, ["all"], ["all"], ...four]);
});

Deno.test("what is no list of as many outcomes is refused", () => {
  const strange = [null, 7, {}, [], { values: ["a"] }, { values: "ab", failed: [] }, {
    values: ["a", "b"],
    failed: null,
  }];
  for (const value of strange) assertThrows(() => checkOutcomes(value, 2), TransferError);
  assertThrows(() => checkOutcomes(mixed, 3), TransferError);
  assertEquals(checkOutcomes(mixed, 4), mixed);
});
