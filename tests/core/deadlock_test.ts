import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { onDeadlock } from "../../src/core/deadlock.ts";

/** What the platform does when its loop has run empty; returns whether the program goes on. */
function runEmpty(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  return !globalThis.dispatchEvent(event);
}

Deno.test("onDeadlock() asks every handler, and the program goes on if one had somebody to tell", () => {
  const asked: string[] = [];
  const takeBack = [
    onDeadlock(() => asked.push("nobody waits here") < 0),
    onDeadlock(() => asked.push("one waits here") > 0),
  ];
  assertEquals(runEmpty(), true);
  assertEquals(asked, ["nobody waits here", "one waits here"]);
  takeBack[1]!();
  assertEquals(runEmpty(), false);
  takeBack[0]!();
  assertEquals(asked.length, 3);
});
