/**
 * 35: `runUntilComplete` returns when all that was gathered is done, with the results in the order of the arguments.
 *
 * Python: examples/python/35_run_until_complete_gather.py
 * Run:    deno run examples/listings/35_run_until_complete_gather.ts
 * Watch:  completed 2, 3, 1; results 1, 2, 3; 0.3 seconds although the sleeps sum up to 0.6.
 * Errata: as printed a NameError; with an import, `get_event_loop()` is an error since Python 3.14. More in
 *         examples/ERRATA.md.
 */
import { gather, getEventLoop, sleep } from "@quartet/concurrency/asyncio";

async function parser(site: string, seconds: number): Promise<string> {
  await sleep(seconds * 1000);
  console.log("parsed", site);
  return `result of ${site}`;
}

const parsers = [
  () => parser("site 1", 0.3),
  () => parser("site 2", 0.1),
  () => parser("site 3", 0.2),
];

const eventLoop = getEventLoop();
const results = await eventLoop.runUntilComplete(() => gather(...parsers));
eventLoop.close();
console.log(`[${results.map((result) => `'${result}'`).join(", ")}]`);
