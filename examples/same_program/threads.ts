/**
 * Bob and alice on threads: each thread has a result, which may be awaited.
 *
 * Run:    deno run --allow-read=. examples/same_program/threads.ts
 * Watch:  0.3 s, the longer of the two. Each thread may block; nobody else is held up by it.
 */
import { portable, sleepSync, Thread } from "@quartet/concurrency/threading";

const f = portable(import.meta, function f(name: string, timeout: number): string {
  sleepSync(timeout);
  console.log("hello", name);
  return `${name} done!`;
});

if (import.meta.main) {
  const bob = new Thread({ target: f, args: ["bob", 300] }).start();
  const alice = new Thread({ target: f, args: ["alice", 100] }).start();
  console.log(await bob.result);
  console.log(await alice.result);
}
