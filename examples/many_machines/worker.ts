/**
 * A worker: takes jobs of the queue and runs them on threads, a core each.
 *
 * Run:    deno run --allow-net --allow-read=. examples/many_machines/worker.ts nats://127.0.0.1:4222
 * Watch:  it says how many it has done when you end it by Ctrl-C, and ends what it runs before. Kill it instead (kill -9),
 *         and its jobs go to another worker.
 */
import { serveWorker } from "@quartet/concurrency/distributed";

if (import.meta.main) {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop.abort());
  }
  const worker = await serveWorker({
    servers: Deno.args[0] ?? "nats://127.0.0.1:4222",
    queue: "primes",
    allow: [import.meta.resolve("./primes.ts")], // this module alone may run here, whatever a message names
    executor: "threads",
    signal: stop.signal,
  });
  console.log("ready");
  await worker.drained;
  console.log(`done ${worker.statistics().completed}`);
  Deno.exit(); // the listeners for signals would hold the program
}
