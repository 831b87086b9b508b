/**
 * Bob and alice in Twisted's way: a Deferred is a promise of callbacks; `inlineCallbacks` makes straight code of them.
 *
 * Run:    deno run examples/same_program/deferred.ts
 * Watch:  each callback is given what the one before it answered, and an error goes down the other line (`addErrback`).
 */
import { Deferred, inlineCallbacks } from "@quartet/concurrency/coroutines";

function f(name: string, timeout: number): Deferred<string> {
  const deferred = new Deferred<string>();
  setTimeout(() => deferred.callback(name), timeout);
  return deferred
    .addCallback((name) => {
      console.log("hello", name);
      return name;
    })
    .addCallback((name) => `${name} done!`);
}

const main = inlineCallbacks(function* () {
  const bob = f("bob", 300);
  const alice = f("alice", 100);
  console.log(yield* bob);
  console.log(yield* alice);
});

main();
