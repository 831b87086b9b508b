/**
 * 20: unlike a thread, a process can be ended by force.
 *
 * Python: examples/python/20_process_terminate.py
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/listings/20_process_terminate.ts
 * Watch:  the endless loop is cut off after 2.5 s. `exitCode` then is -15: ended by SIGTERM.
 * Errata: as printed the child does not flush, and all that it said is lost. SIGTERM is a request, not force. More in
 *         examples/ERRATA.md.
 */
import { portable, Process } from "@quartet/concurrency/multiprocessing";
import { sleep } from "@quartet/concurrency/asyncio";

function whoAmI(name: string): void {
  console.log(`I'm ${name}, in process ${Deno.pid}`);
}

const loopy = portable(import.meta, async function loopy(name: string): Promise<void> {
  whoAmI(name);
  const start = 1;
  const stop = 1000000;
  for (let num = start; num < stop; num++) {
    console.log(`\tNumber of ${num} of ${stop}. Honk!`);
    await sleep(500);
  }
});

if (import.meta.main) {
  whoAmI("I'm the main program");
  const process = new Process({ target: loopy, args: ["loopy"] });
  process.start();
  for (let i = 0; i < 5; i++) {
    console.log("hi");
    await sleep(500);
  }
  process.terminate();
  await process.join();
  console.assert(process.exitCode === -15, "ended by SIGTERM");
}
