/**
 * 28: the ten pictures of 27 as tasks of one event loop: the waiting times overlap.
 *
 * Python: examples/python/28_download_async_aiohttp.py
 * Run:    deno run --allow-net=127.0.0.1 --allow-read=pic-28 --allow-write=pic-28 examples/listings/28_download_async_aiohttp.ts
 * Watch:  a tenth of the time of 27, on one thread. What waits has to give way: here `fetch` and `Deno.writeFile` do
 *         by themselves; in Python that takes other libraries (aiohttp, aiofiles).
 * Errata: as printed 3 to 5 of 10 files are left. The sleep at the end is for aiohttp, and `fetch` does not need it.
 *         More in examples/ERRATA.md.
 */
import { createTask, gather, run, sleep } from "@quartet/concurrency/asyncio";
import { openSite } from "../downloads/site.ts";

const FOLDER = "pic-28";
let number = 0;

async function getFile(url: string): Promise<void> {
  const response = await fetch(url, { redirect: "follow" });
  await writeFile(await response.bytes());
}

async function writeFile(data: Uint8Array): Promise<void> {
  // The slide names the file for the time alone: pictures of the same millisecond overwrite each other.
  const filename = `file-${Date.now()}-${++number}.jpeg`;
  await Deno.writeFile(`${FOLDER}/${filename}`, data);
}

async function main(url: string): Promise<void> {
  const t0 = performance.now();
  const tasks = Array.from({ length: 10 }, () => createTask(() => getFile(url)));
  await gather(...tasks);
  console.log((performance.now() - t0) / 1000);
  await sleep(500);
}

await using site = openSite();
await Deno.mkdir(FOLDER, { recursive: true });
try {
  await run(() => main(site.url));
  console.assert(site.mostAtOnce === 10, "requests in flight at once");
  console.log("files:", (await Array.fromAsync(Deno.readDir(FOLDER))).length);
} finally {
  await Deno.remove(FOLDER, { recursive: true });
}
