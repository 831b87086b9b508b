import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { addReadinessProbe, anythingReady } from "../../src/core/readiness.ts";

Deno.test("anythingReady() asks every probe until one says yes, and none that was taken back", () => {
  let ready = false;
  const removeFirst = addReadinessProbe(() => false);
  const removeSecond = addReadinessProbe(() => ready);
  assertEquals(anythingReady(), false);
  ready = true;
  assertEquals(anythingReady(), true);
  removeSecond();
  assertEquals(anythingReady(), false);
  removeFirst();
});
