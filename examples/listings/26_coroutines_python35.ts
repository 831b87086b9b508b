/**
 * 26: the program of 25 with `async` and `await`, `createTask` and `run`, as in Python 3.5 and later.
 *
 * Python: examples/python/26_coroutines_python35.py
 * Run:    deno run examples/listings/26_coroutines_python35.ts
 * Watch:  `await` stands where `yield*` stood; output and times are those of 25.
 * Errata: as printed the program hangs after two lines: the `await` stands inside of the `if`. More in
 *         examples/ERRATA.md.
 */
import { createTask, gather, run, sleep } from "@quartet/concurrency/asyncio";

async function counter(): Promise<void> {
  for (let count = 0; count < 4; count++) {
    console.log(String(count));
    await sleep(1000);
  }
}

async function printTime(): Promise<void> {
  for (let count = 0; count < 4; count++) {
    if (count % 3 === 0) console.log(`${count} секунд прошло`);
    await sleep(1000);
  }
}

await run(async () => {
  const task1 = createTask(printTime);
  const task2 = createTask(counter);
  await gather(task1, task2);
});
