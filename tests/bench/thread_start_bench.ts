/** From a thread's start to its result: in a new worker, and in one that was kept. */
import { portableModule, Thread } from "../../src/threading/mod.ts";
import { bench, type Contender } from "./harness.ts";
import { work } from "./support/thread_work.ts";

const EACH = 5;

const alone = portableModule<typeof import("./support/double.ts")>(
  import.meta.resolve("./support/double.ts"),
);

/** The median of so many starts, one after another; `start` returns what is to be done when the time is taken. */
function starting(
  name: string,
  role: Contender["role"],
  start: () => Promise<() => unknown>,
  before?: () => Promise<void>,
): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        await before?.();
        const times: number[] = [];
        for (let i = 0; i < EACH; i++) {
          const begin = performance.now();
          const end = await start();
          times.push(performance.now() - begin);
          await end();
        }
        return times.toSorted((a, b) => a - b)[EACH >> 1]!;
      },
    }),
  };
}

/** Runs a thread to its result; returns how it is joined. */
async function run(
  target: (n: number) => number | Promise<number>,
  fresh: boolean,
): Promise<() => Promise<void>> {
  const thread = new Thread({ target, args: [21], fresh }).start();
  await thread.result;
  return () => thread.join();
}

await bench({
  title: "start to result",
  unit: "ms",
  better: "lower",
  rounds: 7,
  target: "1.25 x a bare worker; 0.3 ms in a kept one",
}, [
  starting("bare worker", "limit", async () => {
    const worker = new Worker(import.meta.resolve("./support/bare_worker.ts"), { type: "module" });
    await new Promise((resolve) => {
      worker.onmessage = resolve;
      worker.postMessage(21);
    });
    return () => worker.terminate();
  }),
  // Its module imports two modules of this package, as those of programs do.
  starting("Thread", "ours", () => run(work.double, true)),
  starting("Thread whose module imports nothing", "ours", () => run(alone.double, true)),
  starting("Thread with an inline function", "ours", () => run((n) => n * 2, true)),
  starting(
    "Thread in a kept worker",
    "ours",
    () => run(work.double, false),
    async () => await (await run(work.double, false))(),
  ),
]);
