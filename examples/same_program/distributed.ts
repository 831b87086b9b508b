/**
 * Bob and alice on other machines: as an executor of processes, with a message broker between.
 *
 * Run:    deno run --allow-read --allow-write --allow-run=sh --allow-net=127.0.0.1 examples/same_program/distributed.ts
 * Watch:  0.3 s. Here the broker and the worker belong to this program; elsewhere each is a machine of its own, and the
 *         last three lines stay the same.
 */
import { NatsExecutor, portable, serveWorker } from "@quartet/concurrency/distributed";
import { sleep } from "@quartet/concurrency/asyncio";

const f = portable(
  import.meta,
  async function f([name, timeout]: readonly [string, number]): Promise<string> {
    await sleep(timeout);
    console.log("hello", name);
    return `${name} done!`;
  },
);

if (import.meta.main) {
  await using executor = new NatsExecutor({ embedded: true });
  const at = await executor.connection();
  await using _worker = await serveWorker({ ...at, allow: [import.meta.url], concurrency: 2 });
  const names = [["bob", 300], ["alice", 100]] as const;
  for await (const result of executor.map(f, names)) console.log(result);
}
