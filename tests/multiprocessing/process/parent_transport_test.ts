import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { ParentTransport } from "../../../src/multiprocessing/process/parent_transport.ts";
import type { ChildLine } from "../../../src/multiprocessing/process/rendezvous.ts";

/** A transport without a parent that counts how often it looks for what is urgent. */
function counting(): { transport: ParentTransport; looks: () => number } {
  let looks = 0;
  const urgent = {
    journal: { look: () => {} },
    borrower: null,
    take: () => {
      looks++;
      return [];
    },
  };
  const duplex = { read: () => Promise.resolve(null), write: () => Promise.resolve(0), close() {} };
  const line = { duplex, urgent } as unknown as ChildLine;
  return { transport: new ParentTransport(line, Deno.ppid), looks: () => looks };
}

function wait(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

Deno.test("however brisk calls were, what is urgent is seen after eight that take long", () => {
  const { transport, looks } = counting();
  for (let n = 0; n < 10_000; n++) transport.poll();
  const before = looks();
  let slow = 0;
  for (; looks() === before; slow++) {
    wait(3); // longer than the time between two looks
    transport.poll();
  }
  assert(slow <= 8, `seen after ${slow} calls`);
});

Deno.test("what is urgent is looked for at each call that takes long, and at the first of a job", () => {
  const { transport, looks } = counting();
  for (let n = 0; n < 5; n++) {
    wait(3);
    transport.poll();
  }
  assertEquals(looks(), 5);
  for (let n = 0; n < 1_000; n++) transport.poll();
  const before = looks();
  transport.beginWork();
  wait(3);
  transport.poll();
  assertEquals(looks(), before + 1);
});
