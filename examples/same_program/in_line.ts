/**
 * Bob and alice in line: one after the other, on the only thread, which is blocked while they sleep.
 *
 * Run:    deno run examples/same_program/in_line.ts
 * Watch:  0.4 s, the sum. Bob was asked first, so alice waits although she has little to do.
 */
import { SyncExecutor } from "@quartet/concurrency/futures";
import { sleepSync } from "@quartet/concurrency/threading";

function f(name: string, timeout: number): string {
  sleepSync(timeout);
  console.log("hello", name);
  return `${name} done!`;
}

// f("bob", 300) would do; an executor shows that calling in line is one of the four ways to run the same function.
await using executor = new SyncExecutor();
const bob = executor.submit(f, "bob", 300);
const alice = executor.submit(f, "alice", 100);
console.log(bob.result());
console.log(alice.result());
