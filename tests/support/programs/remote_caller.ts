/** A caller that dies: `remote_caller.ts SERVER FOLDER` submits a job, says its id, and kills itself. */
import { NatsExecutor } from "@quartet/concurrency/distributed";
import { remoteJobs } from "../targets/remote_jobs.ts";

if (import.meta.main) {
  const [servers, folder] = Deno.args;
  const executor = new NatsExecutor({ servers: servers! });
  const future = executor.submit(remoteJobs.waitForFile, folder!, "a");
  await future.accepted;
  console.log(future.id);
  Deno.kill(Deno.pid, "SIGKILL");
}
