import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import plugin, { fault } from "./lint/error_grammar.ts";

/** What the rule says of a source text of the package. */
function found(source: string): string[] {
  return Deno.lint.runPlugin(plugin, "/src/sample.ts", source).map((each) => each.message);
}

Deno.test("an error of the caller says what cannot be done, why, and the way out", () => {
  assertEquals(
    fault("TypeError", "Cannot start the thread: it runs already; make a new one"),
    null,
  );
  assertEquals(fault("errors.InvalidStateError", "Cannot start the thread: it runs already"), null);
  for (
    const bad of ["cannot start: it runs", "Cannot start", "it runs already", "Cannot start: "]
  ) {
    assertEquals(fault("RangeError", bad), "it does not read `Cannot <do it>: <why>; <way out>`");
  }
});

Deno.test("an error that happened is a sentence without a full stop", () => {
  assertEquals(fault("TimeoutError", "The job ran longer than 5 ms"), null);
  assertEquals(fault("TimeoutError", "too slow"), "it does not begin with a capital letter");
  assertEquals(fault("TimeoutError", "Too slow."), "it ends with a full stop");
  assertEquals(fault("Timer", "too slow."), null);
});

Deno.test("the rule reads strings and templates, and leaves what is handed on", () => {
  assertEquals(found('throw new TypeError("Cannot do it: it is late");'), []);
  assertEquals(found("throw new TypeError(`Cannot do ${it}: it is ${late}`);"), []);
  assertEquals(found("throw new TypeError(message);"), []);
  assertEquals(found("throw new RangeError(`no ${it}`);").length, 1);
  assertEquals(found('throw new EOFError("it is gone");').length, 1);
});
