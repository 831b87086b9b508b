import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { allocate, free } from "../../../src/shared/memory/heap.ts";
import { CELL, MessageCell } from "../../../src/wire/rpc/message_cell.ts";
import { PORT, Port } from "../../../src/wire/rpc/port.ts";

const SIZE = PORT.mail + 2 * CELL;

/** What the far side does meanwhile: `laid` in memory, or `posted` by the port. */
type Deed = "laid" | "posted";

/**
 * What a near end takes, in order, when the far side acts in the moment of one of its looks at the cell.
 *
 * @param at which of its looks.
 * @param before whether it sees what the far side has done.
 */
function takenIn(deeds: readonly Deed[], at: number, before: boolean): unknown[] {
  const words = allocate(SIZE);
  const { port1, port2 } = new MessageChannel();
  const mail = words + PORT.mail;
  const out = new MessageCell(mail, 1);
  const incoming = new MessageCell(mail + CELL, 0);
  const far = new MessageCell(mail + CELL, 0);
  let hasActed = false;
  const act = (): void => {
    hasActed = true;
    deeds.forEach((deed, i) => {
      if (deed === "posted") port2.postMessage(new Set([[i + 1]]));
      else assertEquals(far.put([i + 1], i + 1), true);
    });
  };
  let looks = 0;
  Object.defineProperty(incoming, "at", {
    get: () => {
      if (++looks !== at || hasActed) return far.at;
      act();
      return before ? far.at : mail; // the other cell is empty, as this one was before
    },
  });
  const near = new Port(port1, words, 0, 0, { out, in: incoming });
  const taken: unknown[] = [];
  near.onMessage = (message) => taken.push(...message as unknown[]);
  near.drain();
  if (!hasActed) act();
  near.drain();
  near.end({ kind: "closed", detail: "the test is over" });
  port2.close();
  free(words, SIZE);
  return taken;
}

for (
  const deeds of [["laid", "posted"], ["posted", "laid"], ["posted", "laid", "posted"]] as const
) {
  Deno.test(`messages that are ${deeds.join(", ")} while a near end looks for some come in order`, () => {
    for (let at = 1; at <= 8; at++) {
      for (const before of [true, false]) {
        assertEquals(
          takenIn(deeds, at, before),
          deeds.map((_, i) => i + 1),
          `look ${at}, ${before}`,
        );
      }
    }
  });
}

Deno.test("a message that is lost keeps no other from coming, in order", () => {
  const words = allocate(SIZE);
  const { port1, port2 } = new MessageChannel();
  const cells = [0, CELL].map((at) => new MessageCell(words + PORT.mail + at, 1));
  const near = new Port(port1, words, 0, 0, { out: cells[0]!, in: cells[1]! });
  const taken: unknown[] = [];
  near.onMessage = (message) => taken.push(...message as unknown[]);
  cells[1]!.put([3], 3);
  near.drain();
  port2.postMessage(new Set([[4]]));
  cells[1]!.put([5], 5);
  near.drain();
  assertEquals(taken, [3, 4, 5]);
  near.end({ kind: "closed", detail: "the test is over" });
  port2.close();
  free(words, SIZE);
});
