/** A cancel on its way from task to task, alone: each is asked once, however they wait for each other. */
import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import type { Cancellable } from "../../../src/asyncio/loop/contract.ts";
import { closedRing, passCancel } from "../../../src/asyncio/task/cancel_passage.ts";

/** A task that passes a cancel on to what it waits for, and notes where that led. */
class Link {
  readonly waitsFor: Link[] = [];
  readonly asked: (string | undefined)[] = [];
  /** Those of its waits that turned out to be waits for itself. */
  readonly rings: Cancellable[] = [];

  cancel(message?: string): boolean {
    passCancel(this, message);
    return true;
  }

  interruptNow(message: string | undefined): void {
    this.asked.push(message);
    for (const wait of this.waitsFor) {
      wait.cancel(message);
      if (closedRing()) this.rings.push(wait);
    }
  }
}

function links(count: number): Link[] {
  return Array.from({ length: count }, () => new Link());
}

Deno.test("passCancel() asks each of a chain once, longer than the stack is deep", () => {
  const chain = links(200_000);
  chain.forEach((link, at) => at > 0 && link.waitsFor.push(chain[at - 1]!));
  passCancel(chain.at(-1)!, "enough");
  assertEquals(chain.filter(({ asked }) => asked.length !== 1 || asked[0] !== "enough").length, 0);
  assertEquals(closedRing(), false);
});

Deno.test("closedRing() is told of the one wait that closes a ring, also of a ring of one", () => {
  for (const size of [1, 2, 7]) {
    const ring = links(size);
    ring.forEach((link, at) => link.waitsFor.push(ring[(at + 1) % size]!));
    passCancel(ring[0]!, undefined);
    assertEquals(ring.map(({ asked }) => asked.length), Array(size).fill(1));
    assertEquals(ring.flatMap(({ rings }) => rings), [ring[0]!]);
    assertEquals(ring.at(-1)!.rings, [ring[0]!]);
  }
});

Deno.test("two that wait for the same one are no ring", () => {
  const [top, left, right, bottom] = links(4) as [Link, Link, Link, Link];
  top.waitsFor.push(left, right);
  left.waitsFor.push(bottom);
  right.waitsFor.push(bottom);
  passCancel(top, "x");
  for (const link of [top, left, right, bottom]) {
    assertEquals(link.asked, ["x"]);
    assertEquals(link.rings, []);
  }
});

Deno.test("a task that throws while it is asked ends the passage, and the next one begins anew", () => {
  const [broken, whole] = links(2) as [Link, Link];
  broken.interruptNow = () => {
    throw new RangeError("broken");
  };
  let thrown: unknown;
  try {
    passCancel(broken, undefined);
  } catch (error) {
    thrown = error;
  }
  assertEquals((thrown as Error).message, "broken");
  passCancel(whole, "next");
  assertEquals(whole.asked, ["next"]);
});
