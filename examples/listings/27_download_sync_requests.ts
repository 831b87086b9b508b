/**
 * 27: ten pictures, one after the other: the waiting times add up.
 *
 * Python: examples/python/27_download_sync_requests.py
 * Run:    deno run --allow-net=127.0.0.1 --allow-read=pic-27 --allow-write=pic-27 examples/listings/27_download_sync_requests.ts
 * Watch:  more than two seconds, nearly all of it waiting. The site is a local one that takes 0.2 s for a picture and
 *         redirects, as the course's does; the file is named for where the redirect led.
 * Errata: as printed nobody makes the folder, and the first file cannot be written. More in examples/ERRATA.md.
 */
import { openSite } from "../downloads/site.ts";

const FOLDER = "pic-27";

async function getFile(url: string): Promise<Response> {
  return await fetch(url);
}

async function writeFile(response: Response): Promise<void> {
  const filename = response.url.split("/").at(-1);
  await Deno.writeFile(`${FOLDER}/${filename}`, await response.bytes());
}

async function main(url: string): Promise<void> {
  const t0 = performance.now();
  for (let i = 0; i < 10; i++) await writeFile(await getFile(url));
  console.log((performance.now() - t0) / 1000);
}

await using site = openSite();
await Deno.mkdir(FOLDER, { recursive: true });
try {
  await main(site.url);
  console.assert(site.mostAtOnce === 1, "requests in flight at once");
  console.log("files:", (await Array.fromAsync(Deno.readDir(FOLDER))).length);
} finally {
  await Deno.remove(FOLDER, { recursive: true });
}
