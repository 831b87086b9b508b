import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { checkFromChild, Kind } from "../../../src/multiprocessing/objects/object_message.ts";

const PARENT = "1", CHILD = "1.2";

Deno.test("a child that says something of which no text can be made is refused, in each kind of message that says something", () => {
  const noText = { toString: 1, valueOf: null };
  for (const kind of [Kind.HOLD, Kind.LEND, Kind.POST, Kind.LETTER, Kind.ACCUSE]) {
    const say = (...what: unknown[]): string | null =>
      checkFromChild([PARENT, CHILD, kind, "an id", ...what], CHILD);
    assertEquals(say("a text"), null);
    assertEquals(say("a text", noText), null); // the rest is read by whom it is for
    for (const what of [noText, Object.create(null), 1, null, undefined, ["a text"]]) {
      assertEquals(say(what), "one does not say what");
    }
    assertEquals(say(), "one does not say what");
  }
  assertEquals(checkFromChild([PARENT, CHILD, Kind.DROP, "an id"], CHILD), null);
});
