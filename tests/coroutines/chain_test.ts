import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { chain, concatSequence, sendable } from "../../src/coroutines/mod.ts";

Deno.test("concatSequence() gives one sequence after the other", () => {
  assertEquals([...concatSequence([1, 2, 3], "ab")], [1, 2, 3, "a", "b"]);
  assertEquals([...concatSequence()], []);
});

Deno.test("concatSequence() passes what is sent to the generator that hands out just then", () => {
  const got: unknown[] = [];
  function* hear(name: string): Generator<string, void, unknown> {
    got.push([name, yield name]);
  }
  const it = sendable(concatSequence(hear("a"), hear("b")));
  it.next();
  it.send(1);
  it.send(2);
  assertEquals(got, [["a", 1], ["b", 2]]);
});

Deno.test("chain() begins a sequence when the one before it has ended", () => {
  const begun: string[] = [];
  function* one(name: string): Generator<string, void, unknown> {
    begun.push(name);
    yield name;
  }
  const it = chain(one("a"), one("b"));
  it.next();
  assertEquals(begun, ["a"]);
  assertEquals([...it], ["b"]);
});

Deno.test("chain.fromIterable() takes an endless source and ends it with the chain", () => {
  let ended = false;
  function* sources(): Generator<number[], void, unknown> {
    try {
      for (let n = 0;; n++) yield [n, n];
    } finally {
      ended = true;
    }
  }
  assertEquals([...chain.fromIterable(sources()).take(5)], [0, 0, 1, 1, 2]);
  assertEquals(ended, true);
});
