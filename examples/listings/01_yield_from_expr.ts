/**
 * 01: the value of a delegation. `RESULT = yield from EXPR` is `const RESULT = yield* EXPR`.
 *
 * Python: examples/python/01_yield_from_expr.py
 * Run:    deno run examples/listings/01_yield_from_expr.ts
 * Watch:  what is yielded and what is sent pass straight through the delegating generator; the value of
 *         `yield*` is what the inner one returns. The end is `done: true`, not a StopIteration.
 */
import { sendable } from "@quartet/concurrency/coroutines";

function* subgenerator(): Generator<string, string, string> {
  let received = yield "first";
  console.log("subgenerator received:", received);
  received = yield "second";
  console.log("subgenerator received:", received);
  return "returned by subgenerator";
}

function* delegatingGenerator(): Generator<string, void, string> {
  const RESULT = yield* subgenerator();
  console.log("RESULT =", RESULT);
}

const gen = sendable(delegatingGenerator());
console.log("caller got:", gen.next().value);
console.log("caller got:", gen.send("A").value);
if (gen.send("B").done) console.log("delegating generator finished");
