/** Uses up all descriptors, so that no process can be started, and gives them back. Linux; sets its own limit. */
import { ProcessPoolExecutor } from "@quartet/concurrency/futures";
import { neighbours } from "../targets/neighbours.ts";

async function count(jobs: Promise<unknown>[]): Promise<string> {
  const results = await Promise.allSettled(jobs);
  return `${results.filter((each) => each.status === "fulfilled").length} of ${jobs.length}`;
}

function useUp(): Deno.FsFile[] {
  const files: Deno.FsFile[] = [];
  for (;;) {
    try {
      files.push(Deno.openSync("/dev/null"));
    } catch (error) {
      if ((error as { code?: string }).code !== "EMFILE") throw error;
      return files;
    }
  }
}

if (import.meta.main) {
  if (Deno.args[0] !== "limited") {
    const { code } = await new Deno.Command("bash", {
      args: [
        "-c",
        `ulimit -n 200; exec "$0" run -A "$1" limited`,
        Deno.execPath(),
        import.meta.url,
      ],
    }).spawn().status;
    Deno.exit(code);
  }
  // The platform opens a pipe for signals when it first needs one, and panics when it cannot: here it does so in time.
  const heard = (): void => {};
  Deno.addSignalListener("SIGUSR2", heard);
  Deno.removeSignalListener("SIGUSR2", heard);
  const jobs = (pool: ProcessPoolExecutor) =>
    Array.from({ length: 10 }, () => pool.submit(neighbours.nap, 20).then());
  await using pool = new ProcessPoolExecutor({ maxWorkers: 3 });
  await pool.submit(neighbours.identity, 1);
  let files = useUp();
  console.log("beside the living:", await count(jobs(pool)));
  files.forEach((file) => file.close());

  await using other = new ProcessPoolExecutor({ maxWorkers: 2 });
  files = useUp();
  const waiting = jobs(other);
  await new Promise((resolve) => setTimeout(resolve, 100));
  files.forEach((file) => file.close());
  console.log("once there are again:", await count(waiting));
}
