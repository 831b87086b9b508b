/**
 * 45: bob and alice as greenlets; the results are read in the order of the code.
 *
 * Python: examples/python/45_gevent_greenlets.py
 * Run:    deno run examples/listings/45_gevent_greenlets.ts
 * Watch:  a greenlet has a result of its own, so no queue is needed. There is nothing to monkey-patch: in Deno what
 *         waits gives way by itself, so `sleep` is gevent's own.
 */
import { sleep, spawn } from "@quartet/concurrency/gevent";

async function f(name: string, timeout: number): Promise<string> {
  await sleep(timeout * 1000);
  console.log("hello", name);
  return `${name} done!`;
}

const bob = spawn(f, "bob", 0.3);
bob.start(); // start the greenlet

const alice = spawn(f, "alice", 0.1);
alice.start(); // start the greenlet

// wait for greenlets to complete
await bob.join();
await alice.join();

// print results
console.log(bob.value);
console.log(alice.value);
