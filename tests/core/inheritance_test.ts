import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { inheritContext, setInheritance } from "../../src/core/inheritance.ts";

Deno.test("inheritContext() returns nothing until somebody takes snapshots", () => {
  assertEquals(inheritContext(), undefined);
  let taken = 0;
  setInheritance(() => ++taken);
  assertEquals([inheritContext(), inheritContext()], [1, 2]);
});
