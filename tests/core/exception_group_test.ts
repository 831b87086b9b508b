/** ExceptionGroup. The numbers are those of the checks of Python's behaviour. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ExceptionGroup } from "../../src/core/errors.ts";

class Late extends RangeError {}

Deno.test("ExceptionGroup refuses to be empty, and members that are no errors (224)", () => {
  assertThrows(() => new ExceptionGroup("m", []), RangeError);
  assertThrows(() => new ExceptionGroup("m", ["x" as never]), TypeError, "exceptions[0]");
});

Deno.test("ExceptionGroup is an AggregateError with message, exceptions and errors", () => {
  const errors = [new TypeError("a"), new RangeError("b")];
  const group = new ExceptionGroup("both", errors, { cause: "reason" });
  assert(group instanceof AggregateError);
  assertEquals([group.name, group.message, group.cause], ["ExceptionGroup", "both", "reason"]);
  assertEquals(group.exceptions, errors);
  assertEquals(group.errors, errors);
});

Deno.test("split() and subgroup() pick by class, classes or test, and keep the nesting (223)", () => {
  const inner = new ExceptionGroup("inner", [new Late("late"), new TypeError("t")]);
  const group = new ExceptionGroup("outer", [new RangeError("r"), inner, new Error("e")]);
  const [ranges, rest] = group.split(RangeError);
  assertEquals(ranges!.exceptions.map((error) => error.message), ["r", "inner"]);
  assertEquals((ranges!.exceptions[1] as ExceptionGroup).exceptions[0]!.message, "late");
  assertEquals(rest!.exceptions.map((error) => error.message), ["inner", "e"]);
  assertEquals(group.subgroup(SyntaxError), null);
  assertStrictEquals(group.subgroup(ExceptionGroup), group);
  assertEquals(group.subgroup([Late, TypeError])!.exceptions.length, 1);
  assertEquals(group.subgroup((error) => error.message === "e")!.exceptions.length, 1);
});

Deno.test("derive() lets a class of one's own survive the split", () => {
  class Mine extends ExceptionGroup {
    override derive(exceptions: Iterable<Error>): Mine {
      return new Mine(this.message, exceptions);
    }
  }
  const [part] = new Mine("m", [new TypeError("t"), new Error("e")]).split(TypeError);
  assert(part instanceof Mine);
});
