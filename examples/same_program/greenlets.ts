/**
 * Bob and alice as greenlets, in gevent's words.
 *
 * Run:    deno run examples/same_program/greenlets.ts
 * Watch:  0.3 s on one thread. Who sleeps gives way; the results are read when both have ended.
 */
import { joinall, sleep, spawn } from "@quartet/concurrency/gevent";

async function f(name: string, timeout: number): Promise<string> {
  await sleep(timeout);
  console.log("hello", name);
  return `${name} done!`;
}

const bob = spawn(f, "bob", 300);
const alice = spawn(f, "alice", 100);
await joinall([bob, alice]);
console.log(bob.value);
console.log(alice.value);
