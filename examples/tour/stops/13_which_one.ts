/**
 * Stop 13: which way to run my work? Measure it.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/tour/stops/13_which_one.ts
 * Watch:  the answer for work that waits is another than for work that computes; and the reason has the figures in it.
 */
import { sleep } from "@quartet/concurrency/asyncio";
import { portable, recommend } from "@quartet/concurrency/compare";

const compute = portable(import.meta, function compute(rounds: number): number {
  let sum = 0;
  for (let i = 0; i < rounds; i++) sum += Math.sqrt(i);
  return sum;
});

const wait = portable(import.meta, async function wait(ms: number): Promise<void> {
  await sleep(ms);
});

if (import.meta.main) {
  const work = { compute, wait };
  const { model, why, measured } = await recommend(work.wait, Array(8).fill(30));
  const longest = Math.max(...measured.map(({ wallMs }) => wallMs.median));
  for (const { model, wallMs } of measured) {
    const bar = "█".repeat(Math.ceil(40 * wallMs.median / longest));
    console.log(`${model.padEnd(10)} ${bar} ${Math.round(wallMs.median)} ms`);
  }
  console.log(`use: ${model}`);
  console.log(why);
}
