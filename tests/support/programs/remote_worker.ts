/**
 * A worker of a queue: `remote_worker.ts OPTIONS`, the options of `serveWorker` as JSON; it says when it is ready, and
 * SIGTERM ends it gently.
 */
import { serveWorker } from "@quartet/concurrency/distributed";

if (import.meta.main) {
  const stop = new AbortController();
  Deno.addSignalListener("SIGTERM", () => stop.abort());
  const service = await serveWorker({ ...JSON.parse(Deno.args[0]!), signal: stop.signal });
  console.log("ready");
  await service.drained;
  Deno.exit(); // the listener would hold the program
}
