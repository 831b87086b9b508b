/** A caller and a worker with the least permissions: `remote_least.ts SERVER ALLOW`. */
import { NatsExecutor, serveWorker } from "@quartet/concurrency/distributed";
import { remoteJobs } from "../targets/remote_jobs.ts";

if (import.meta.main) {
  const [servers, allow] = Deno.args;
  await using executor = new NatsExecutor({ servers: servers! });
  await using _ = await serveWorker({ servers: servers!, allow: [allow!], executor: "async" });
  console.log(await executor.submit(remoteJobs.echo, 7));
}
