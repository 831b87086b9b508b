import "../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { delegate, sendable } from "../../src/coroutines/mod.ts";

// deno-lint-ignore no-explicit-any -- bodies that return something and bodies that do not
type Any = Generator<unknown, any, unknown>;

/** The two ways to delegate promise the same between generators. */
const ways: Record<string, (inner: Any) => Any> = {
  *"yield*"(inner) {
    return yield* inner;
  },
  *"delegate()"(inner) {
    return yield* delegate(inner);
  },
};

for (const [name, through] of Object.entries(ways)) {
  Deno.test(`${name} passes next and send to the inner one and gives its returned value`, () => {
    const outer = sendable(function* (): Any {
      return [
        "result",
        yield* through(function* (): Any {
          const a = yield "first";
          const b = yield "second";
          return [a, b];
        }()),
      ];
    }());
    assertEquals(outer.next().value, "first");
    assertEquals(outer.send("A").value, "second");
    assertEquals(outer.send("B"), { value: ["result", ["A", "B"]], done: true });
  });

  Deno.test(`${name} passes a thrown error to the inner one, which may go on or return`, () => {
    const outer = sendable(function* (): Any {
      return yield* through(function* (): Any {
        try {
          yield 1;
        } catch (error) {
          try {
            yield `caught ${(error as Error).message}`;
          } catch (second) {
            return `returned ${(second as Error).message}`;
          }
        }
      }());
    }());
    outer.next();
    assertEquals(outer.throw(new Error("one")).value, "caught one");
    assertEquals(outer.throw(new Error("two")), { value: "returned two", done: true });
  });

  Deno.test(`${name} lets an error that the inner one does not catch appear in the outer one`, () => {
    const outer = sendable(function* (): Any {
      try {
        yield* through(function* (): Any {
          yield 1;
          throw new RangeError("inner broke");
        }());
      } catch (error) {
        yield (error as Error).message;
      }
    }());
    outer.next();
    assertEquals(outer.next().value, "inner broke");
  });

  Deno.test(`${name} closes the inner one first`, () => {
    const log: string[] = [];
    const outer = sendable(function* (): Any {
      try {
        yield* through(function* (): Any {
          try {
            yield 1;
          } finally {
            log.push("inner");
          }
        }());
      } finally {
        log.push("outer");
      }
    }());
    outer.next();
    outer.close();
    assertEquals(log, ["inner", "outer"]);
  });

  Deno.test(`${name} lets an error of the inner one's closing out of close()`, () => {
    const outer = sendable(through(function* (): Any {
      try {
        yield 1;
      } finally {
        // deno-lint-ignore no-unsafe-finally -- what becomes of it is the point
        throw new RangeError("while closing");
      }
    }()));
    outer.next();
    assertThrows(() => outer.close(), RangeError, "while closing");
  });

  Deno.test(`${name} over an empty inner one yields nothing and gives undefined`, () => {
    const outer = sendable(through(function* (): Any {}()));
    assertEquals(outer.next(), { value: undefined, done: true });
  });

  Deno.test(`${name} to itself is refused`, () => {
    const loop = function* (): Any {
      yield* through(self);
    };
    const self: Any = loop();
    assertThrows(() => self.next(), TypeError, "already running");
  });
}

Deno.test("delegate() throws the error itself in the outer one when the iterator has no throw", () => {
  let ended = false;
  const plain: Iterable<number> = {
    [Symbol.iterator]: () => ({
      next: () => ({ value: 1, done: false }),
      return: () => {
        ended = true;
        return { value: undefined, done: true };
      },
    }),
  };
  const outer = sendable(function* (): Any {
    try {
      yield* delegate(plain);
    } catch (error) {
      yield error;
    }
  }());
  const error = new RangeError("mine");
  outer.next();
  assertEquals(outer.throw(error).value, error);
  assertEquals(ended, true);
});

Deno.test("delegate() to an iterator without return just proceeds when it is closed", () => {
  let n = 0;
  const plain: Iterable<number> = {
    [Symbol.iterator]: () => ({ next: () => ({ value: n++, done: false }) }),
  };
  const outer = sendable(delegate(plain));
  assertEquals([outer.next().value, outer.next().value], [0, 1]);
  assertEquals(outer.close().done, true);
});

Deno.test("delegate() gives what a hand-made iterator returns, and refuses what cannot be iterated", () => {
  const result = { [Symbol.iterator]: () => ({ next: () => ({ value: 7, done: true as const }) }) };
  assertEquals(sendable(delegate(result)).next(), { value: 7, done: true });
  assertThrows(() => delegate(5 as unknown as Iterable<number>).next(), TypeError);
});
