/**
 * 29: `gather` runs three coroutines at the same time; it takes as long as the longest of them.
 *
 * Python: examples/python/29_gather_factorial.py
 * Run:    deno run examples/listings/29_gather_factorial.ts
 * Watch:  A, B and C take turns in this order; three seconds in all, not 1 + 2 + 3.
 * Errata: as printed unfinished products stand under the name of the result. More in examples/ERRATA.md.
 */
import { gather, run, sleep } from "@quartet/concurrency/asyncio";

async function factorial(name: string, number: number): Promise<void> {
  let f = 1;
  for (let i = 2; i <= number; i++) {
    console.log(`Task ${name}: Compute factorial(${i})...`);
    await sleep(1000);
    f *= i;
  }
  console.log(`Task ${name}: factorial(${number}) = ${f}`);
}

await run(() =>
  // Schedule three calls *concurrently*:
  gather(
    () => factorial("A", 2),
    () => factorial("B", 3),
    () => factorial("C", 4),
  )
);
