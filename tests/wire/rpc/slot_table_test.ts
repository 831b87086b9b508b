import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { Thread } from "@quartet/concurrency/threading";
import { SlotClaims } from "../../../src/wire/rpc/slot_table.ts";
import { KeptTable } from "../../support/kept_table.ts";
import { slotJobs } from "../../support/targets/slot_jobs.ts";
import { threadTest } from "../../support/threads_gone.ts";

Deno.test("a call is begun or taken back, never both, in every order of the two sides", () => {
  for (const first of ["take", "revoke"]) {
    for (const second of ["take", "revoke"]) check([first, second]);
  }

  function check(order: string[]): void {
    using kept = new KeptTable();
    const { table } = kept;
    const claims = new SlotClaims(table.address);
    const slot = table.offer();
    assertEquals(table.begun(slot), false);
    const done = order.map((what) =>
      what === "take" ? claims.take(slot) : table.revoke([slot]).length === 1
    );
    assertEquals(done, [true, false], order.join(", "));
    assertEquals(table.begun(slot), order[0] === "take");
  }
});

Deno.test("a slot that is free is neither begun nor taken back, and is offered again", () => {
  using kept = new KeptTable();
  const { table } = kept;
  const claims = new SlotClaims(table.address);
  const slot = table.offer();
  assert(claims.take(slot));
  table.free(slot);
  assertEquals([claims.take(slot), table.revoke([slot]), table.begun(slot)], [false, [], false]);
  const again = table.offer();
  assertEquals([again, claims.take(again)], [slot, true]);
});

Deno.test("revoke() gives the slots that it took, passing over what has none", () => {
  using kept = new KeptTable();
  const { table } = kept;
  const claims = new SlotClaims(table.address);
  const slots = [table.offer(), table.offer(), table.offer()];
  assert(claims.take(slots[1]!));
  assertEquals(table.revoke([-1, ...slots]), [slots[0], slots[2]]);
});

Deno.test("a table that has no slot left says so, and goes on when one is free", () => {
  using kept = new KeptTable();
  const { table } = kept;
  const slots = new Set<number>();
  for (let slot = table.offer(); slot >= 0; slot = table.offer()) slots.add(slot);
  assertEquals(slots.size, 2048);
  assertEquals(table.offer(), -1);
  table.free(77);
  assertEquals(table.offer(), 77);
});

threadTest(
  "two threads that begin and take back at once share the calls out between them",
  async () => {
    using kept = new KeptTable();
    const { table } = kept;
    const slots = Array.from({ length: 2_000 }, () => table.offer());
    const begun: boolean[] = [];
    const thread = new Thread({ target: slotJobs.takeEach, args: [table.address, slots] });
    thread.start();
    while (!slots.some((slot) => table.begun(slot)) && thread.isAlive) await Promise.resolve();
    const back = new Set(slots.toReversed().flatMap((slot) => table.revoke([slot])));
    begun.push(...await thread.result);
    slots.forEach((slot, n) => assertEquals(begun[n], !back.has(slot), `slot ${slot}`));
    assert(begun[0], "the thread began none");
  },
);
