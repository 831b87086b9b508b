/**
 * A caller: has the primes below two million counted, a hundred ranges, by whatever workers there are.
 *
 * Run:    deno run --allow-net examples/many_machines/caller.ts nats://127.0.0.1:4222
 * Watch:  148933, whatever happens to workers and server meanwhile. Without a worker it waits for one.
 */
import { NatsExecutor } from "@quartet/concurrency/distributed";
import { countPrimes } from "./primes.ts";

const RANGES = 100;
const RANGE = 20_000;

if (import.meta.main) {
  const servers = Deno.args[0] ?? "nats://127.0.0.1:4222";
  await using executor = new NatsExecutor({ servers, queue: "primes" });
  const starts = Array.from({ length: RANGES }, (_, n) => n * RANGE);
  const ends = starts.map((start) => start + RANGE);
  let sum = 0;
  for await (const count of executor.map(countPrimes, starts, ends)) sum += count;
  console.log(sum);
}
