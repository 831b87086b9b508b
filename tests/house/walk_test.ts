/** Measures the walk of an argument from `submit` to its function and back, as src/README.md draws it. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { walkJobs } from "../support/targets/walk_jobs.ts";

const MOST_FILES = 20;

/** Numbers, words, lists and clocks, which know nothing of a job; but a future carries its result. */
const isGround = (path: string): boolean =>
  /^(core|shared)\//.test(path) && path !== "core/future.ts";

/** The files of which a function runs for one job on a thread that has run such jobs before. */
async function walk(): Promise<string[]> {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const { count, counted, double } = walkJobs;
  await pool.submit(count);
  for (let n = 0; n < 3; n++) await pool.submit(double, { number: n }); // what is loaded once is there
  await pool.submit(counted);
  await count();
  await counted();
  assertEquals(await pool.submit(double, { number: 21 }), { double: 42 });
  const near = await counted();
  // The end of one job, a whole one, and the beginning of the next: together the walk in the thread.
  const far = await pool.submit(counted);
  assert("wire/rpc/worker.ts" in far && "wire/pool/worker_pool.ts" in near, "nothing was counted");
  return [...new Set([...Object.keys(near), ...Object.keys(far)])].sort();
}

Deno.test("an argument passes at most twenty files from submit() to its function and back", async () => {
  const files = (await walk()).filter((path) => !isGround(path));
  assert(files.length <= MOST_FILES, `${files.length} files:\n${files.join("\n")}`);

  const map = Deno.readTextFileSync(new URL("../../src/README.md", import.meta.url));
  const picture = map.match(/^## The walk of a job$[^]*?^```$([^]*?)^```$/m)![1]!;
  const drawn = [...picture.matchAll(/^(?:[│▼] )+([\w/]+\.ts) /gm)].map((row) => row[1]!);
  assertEquals(drawn.sort(), files, "src/README.md draws another walk");
});
