/**
 * Ten pictures, four times: one after the other, on threads, in processes, asynchronously; and the four times side by
 * side. The site is on this machine and takes 200 ms for a picture.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/downloads/main.ts
 * Watch:  what waits gains from all three. Asynchronously it costs one thread and next to no memory, which is why the
 *         rule says "asyncio when you can, threading when you must". In a terminal a bar shows how far it is
 *         (cli-progress, loaded only then); `--serial` and friends pick some of the ways, `--delay MS` slows the site.
 */
import { parseArgs } from "node:util";
import {
  AsyncExecutor,
  type Executor,
  portable,
  ProcessPoolExecutor,
  SyncExecutor,
  ThreadPoolExecutor,
} from "@quartet/concurrency/futures";
import { openProgress } from "./progress.ts";
import { openSite } from "./site.ts";

const PICTURES = 10;

/** Downloads a picture; returns its size. */
const download = portable(import.meta, async function download(url: string): Promise<number> {
  const response = await fetch(url, { redirect: "follow" });
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return (await response.bytes()).length;
});

/** The four ways; all that differs is the executor. */
const WAYS: Readonly<Record<string, () => Executor>> = {
  serial: () => new SyncExecutor(),
  threads: () => new ThreadPoolExecutor({ maxWorkers: PICTURES }),
  processes: () =>
    new ProcessPoolExecutor({
      maxWorkers: PICTURES,
      permissions: { net: ["127.0.0.1"] }, // nothing else: not the files, not further processes
    }),
  async: () => new AsyncExecutor({ maxConcurrency: PICTURES }),
};

interface Measured {
  readonly way: string;
  readonly startMs: number;
  readonly ms: number;
  readonly bytes: number;
}

async function measure(way: string, url: string): Promise<Measured> {
  const begin = performance.now();
  await using executor = WAYS[way]!();
  await executor.ready();
  const start = performance.now();
  using progress = await openProgress(way, PICTURES);
  let bytes = 0;
  for await (const size of executor.map(download, Array(PICTURES).fill(url), { ordered: false })) {
    bytes += size;
    progress.step();
  }
  return { way, startMs: start - begin, ms: performance.now() - start, bytes };
}

function toTable(results: readonly Measured[]): string {
  const serial = results.find(({ way }) => way === "serial");
  const rows = results.map(({ way, startMs, ms, bytes }) => [
    way,
    `${startMs.toFixed(0)} ms`,
    `${ms.toFixed(0)} ms`,
    serial ? `${(serial.ms / ms).toFixed(1)}x` : "",
    `${bytes} B`,
  ]);
  const lines = [["way", "start", "downloads", "faster", "got"], ...rows];
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines.map((line) =>
    line.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("  ")
  ).join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      delay: { type: "string", default: "200" },
      ...Object.fromEntries(Object.keys(WAYS).map((way) => [way, { type: "boolean" }] as const)),
    },
  });
  const flags: Readonly<Record<string, unknown>> = values;
  const chosen = Object.keys(WAYS).filter((way) => flags[way]);
  await using site = openSite({ delay: Number(values.delay) });
  const results: Measured[] = [];
  for (const way of chosen.length > 0 ? chosen : Object.keys(WAYS)) {
    results.push(await measure(way, site.url));
  }
  console.log(toTable(results));
}
