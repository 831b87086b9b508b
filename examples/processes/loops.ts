/**
 * A loop in each of several processes: many waits in each, and every core can be used.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/processes/loops.ts
 * Watch:  each process runs its own event loop with a hundred waits, and computes between them; this is how servers
 *         use all cores with one thread in each process. The loops know nothing of each other: what they have to tell
 *         goes through a queue.
 */
import { gather, run, sleep } from "@quartet/concurrency/asyncio";
import { portable, Process, SimpleQueue } from "@quartet/concurrency/multiprocessing";
import { show } from "../show.ts";

const LOOPS = 3, WAITS = 100;

const serve = portable(
  import.meta,
  async function serve(number: number, reports: SimpleQueue<[string, number]>): Promise<void> {
    let [waiting, most] = [0, 0];
    const request = async (): Promise<number> => {
      most = Math.max(most, ++waiting);
      await sleep(20);
      waiting--;
      return 1;
    };
    const answers = await run(() => gather(...Array.from({ length: WAITS }, () => request)));
    await reports.put([
      `loop ${number}: ${answers.length} answers, ${most} waits at once`,
      Deno.pid,
    ]);
  },
);

if (import.meta.main) {
  const reports = new SimpleQueue<[string, number]>();
  const processes = Array.from(
    { length: LOOPS },
    (_, i) => new Process({ target: serve, args: [i + 1, reports] }).start(),
  );
  const told: [string, number][] = [];
  for (const _ of processes) told.push(await reports.get());
  for (const process of processes) await process.join();
  for (const [text] of told.toSorted()) console.log(text);
  show("processes", new Set(told.map(([, pid]) => pid)).size);
}
