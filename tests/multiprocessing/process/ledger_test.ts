import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import {
  Borrower,
  Lender,
  recallsOf,
  takesOf,
} from "../../../src/multiprocessing/process/ledger.ts";
import { fullDisk } from "../../support/full_disk.ts";

const nothing = (): void => {};

/** Both ends, in a folder of their own. */
function ends() {
  const folder = Deno.makeTempDirSync({ prefix: "ledger-" });
  const path = `${folder}/u`;
  const lender = new Lender(path), borrower = new Borrower(path);
  return {
    lender,
    borrower,
    takes: takesOf(path),
    recalls: recallsOf(path),
    [Symbol.dispose]() {
      lender.end();
      borrower.end();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

Deno.test("a lender sees what was taken of each of its loans", () => {
  using both = ends();
  const { lender, borrower } = both;
  const [one, two] = [lender.lend(nothing)!, lender.lend(nothing)!];
  assertEquals([lender.taken(one), lender.taken(two)], [0, 0]);
  for (const loan of [one, two, one]) assertEquals(borrower.note(loan), true);
  assertEquals([lender.taken(one), lender.taken(two)], [2, 1]);
  lender.close(one);
  borrower.note(one);
  borrower.note(two);
  assertEquals([lender.taken(one), lender.taken(two)], [0, 2]);
});

Deno.test("a borrower sees which loan is recalled, until it has heard of it", () => {
  using both = ends();
  const { lender, borrower } = both;
  const [one, two] = [lender.lend(nothing)!, lender.lend(nothing)!];
  assertEquals([borrower.isRecalled(one), borrower.isRecalled(two)], [false, false]);
  assertEquals(lender.recall(two), true);
  assertEquals([borrower.isRecalled(one), borrower.isRecalled(two)], [false, true]);
  borrower.settle(two);
  assertEquals(borrower.isRecalled(two), false);
  assertEquals(lender.recall(one), true);
  borrower.settle(one);
  assertEquals(borrower.isRecalled(one), false);
});

Deno.test("of a take and a recall at least one side sees the other", () => {
  // All orders in which note is before look, and recall before count.
  const orders = [
    ["note", "look", "recall", "count"],
    ["note", "recall", "look", "count"],
    ["note", "recall", "count", "look"],
    ["recall", "note", "look", "count"],
    ["recall", "note", "count", "look"],
    ["recall", "count", "note", "look"],
  ] as const;
  for (const order of orders) {
    using pair = ends();
    const loan = pair.lender.lend(nothing)!;
    const seen: Record<string, unknown> = {};
    const act = {
      note: () => pair.borrower.note(loan),
      look: () => pair.borrower.isRecalled(loan),
      recall: () => pair.lender.recall(loan),
      count: () => pair.lender.taken(loan),
    };
    for (const step of order) seen[step] = act[step]();
    assertEquals(seen.look === true || seen.count === 1, true, order.join());
  }
});

Deno.test("the takes are emptied when no loan is open, and count anew", () => {
  using both = ends();
  const { lender, borrower, takes } = both;
  for (let round = 0; round < 40; round++) {
    const loan = lender.lend(nothing)!;
    for (let i = 0; i < 512; i++) borrower.note(loan);
    assertEquals(lender.taken(loan), 512);
    lender.close(loan);
  }
  assertEquals(Deno.statSync(takes).size < 40 * 512 * 4, true);
});

Deno.test("the takes are emptied of loans too of which nobody asked how much was taken", () => {
  using both = ends();
  const { lender, borrower, takes } = both;
  for (let round = 0; round < 8; round++) {
    const loan = lender.lend(nothing)!;
    for (let i = 0; i < 16 * 1024; i++) borrower.note(loan);
    lender.close(loan);
  }
  lender.lend(nothing);
  assertEquals(Deno.statSync(takes).size, 0);
});

Deno.test("half a note, as a full disk may leave it, takes nothing", () => {
  using both = ends();
  const { lender, borrower, takes } = both;
  const loan = lender.lend(nothing)!;
  borrower.note(loan);
  assertEquals(lender.taken(loan), 1);
  Deno.writeFileSync(takes, new Uint8Array([loan, 0]), { append: true });
  assertEquals(lender.taken(loan), 1);
});

Deno.test({
  name: "on a full disk everything is recalled at once, and what was taken by then counts",
  ignore: Deno.build.os === "windows", // where a file cannot grow then, however it does
  fn: () => {
    for (const before of [0, 40_000]) { // as many recalls, of which the first are dropped
      using both = ends();
      const { lender, borrower } = both;
      for (let round = 0; round < before; round++) {
        const over = lender.lend(nothing)!;
        borrower.note(over);
        lender.recall(over);
        borrower.settle(over);
        lender.close(over);
      }
      const taken: number[] = [];
      const one = lender.lend(nothing)!;
      const two = lender.lend(() => {
        assertEquals(lender.recall(two), true);
        taken.push(lender.taken(two));
      })!;
      borrower.note(one);
      for (let i = 0; i < 3; i++) borrower.note(two);
      assertEquals([borrower.isRecalled(one), borrower.isRecalled(two)], [false, false]);
      {
        using disk = fullDisk();
        assertEquals([lender.recall(one), lender.taken(one), taken], [true, 1, [3]]);
        assertEquals(disk.said.length, 1);
      }
      assertEquals([borrower.isRecalled(two), borrower.isRecalled(one)], [true, true]);
      assertEquals([borrower.isUsable, borrower.note(one)], [false, false]);
      assertEquals([lender.lend(nothing), lender.recall(two)], [null, true]);
    }
  },
});

Deno.test({
  name: "the recalls take no more of the disk than the borrower may not have heard of",
  ignore: Deno.build.os === "windows",
  fn: () => {
    using both = ends();
    const { lender, borrower, recalls } = both;
    for (let round = 0; round < 40_000; round++) {
      const loan = lender.lend(nothing)!;
      borrower.note(loan);
      assertEquals(borrower.isRecalled(loan), false, `round ${round}`);
      assertEquals([lender.recall(loan), lender.taken(loan)], [true, 1]);
      borrower.note(loan);
      assertEquals(borrower.isRecalled(loan), true, `round ${round}`);
      lender.close(loan);
      borrower.settle(loan);
    }
    assertEquals((Deno.statSync(recalls).blocks as number) * 512 < 100_000, true);
  },
});

Deno.test("a recall stays that the borrower may not have heard of", () => {
  using both = ends();
  const { lender, borrower } = both;
  const lent = Array.from({ length: 20_000 }, () => lender.lend(nothing)!);
  for (const loan of lent) borrower.note(loan); // which tells of no recall before
  for (const loan of lent) assertEquals([lender.recall(loan), lender.taken(loan)], [true, 1]);
  const late = lender.lend(nothing)!;
  assertEquals(lender.recall(late), true);
  for (const loan of [...lent, late]) assertEquals(borrower.isRecalled(loan), true);
});

Deno.test("when the takes are long all loans are recalled, so that they can be emptied", () => {
  using both = ends();
  const { lender, borrower, takes } = both;
  let recalls = 0;
  const idle = lender.lend(() => {
    recalls++;
    lender.close(idle);
  })!;
  for (let round = 0; round < 600; round++) {
    const loan = lender.lend(nothing)!;
    for (let i = 0; i < 512; i++) borrower.note(loan);
    assertEquals(lender.taken(loan), 512);
    lender.close(loan);
  }
  assertEquals(recalls, 1);
  assertEquals(Deno.statSync(takes).size < 600 * 512 * 4, true);
});

Deno.test("nothing is lent any more to a child that notes without end", () => {
  using both = ends();
  const { lender, takes } = both;
  const loan = lender.lend(nothing)!;
  Deno.truncateSync(takes, 128 * 1024 * 1024);
  lender.taken(loan);
  assertEquals([lender.lend(nothing), lender.recall(loan)], [null, false]);
});
