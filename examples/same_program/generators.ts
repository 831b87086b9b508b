/**
 * Bob and alice as generator coroutines: functions that stop at each `yield*` and are gone on with by the loop.
 *
 * Run:    deno run examples/same_program/generators.ts
 * Watch:  0.3 s on one thread. Cancelling throws at the `yield*`, as in Python; an async function cannot be stopped
 *         where it stands.
 */
import { gather, run, sleep } from "@quartet/concurrency/asyncio";

function* f(name: string, timeout: number) {
  yield* sleep(timeout);
  console.log("hello", name);
  return `${name} done!`;
}

await run(function* () {
  const results = yield* gather(f("bob", 300), f("alice", 100));
  for (const result of results) console.log(result);
});
