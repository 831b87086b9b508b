/** From a thread's start to its result: in a new worker, and in one that was kept. */
import { Thread } from "../../src/threading/mod.ts";
import { bench } from "./harness.ts";
import { work } from "./support/thread_work.ts";

const EACH = 5;

await bench({
  title: "start to result",
  unit: "ms",
  better: "lower",
  rounds: 7,
  target: "1.25 x a bare worker; 0.3 ms in a kept one",
}, [
  {
    name: "bare worker",
    role: "limit",
    open: () => ({
      async measure() {
        const times: number[] = [];
        for (let i = 0; i < EACH; i++) {
          const begin = performance.now();
          const worker = new Worker(import.meta.resolve("./support/bare_worker.ts"), {
            type: "module",
          });
          await new Promise((resolve) => {
            worker.onmessage = resolve;
            worker.postMessage(21);
          });
          times.push(performance.now() - begin);
          worker.terminate();
        }
        return times.toSorted((a, b) => a - b)[EACH >> 1]!;
      },
    }),
  },
  {
    name: "Thread",
    role: "ours",
    open: () => ({
      async measure() {
        const times: number[] = [];
        for (let i = 0; i < EACH; i++) {
          const begin = performance.now();
          const thread = new Thread({ target: work.double, args: [21], fresh: true }).start();
          await thread.result;
          times.push(performance.now() - begin);
          await thread.join();
        }
        return times.toSorted((a, b) => a - b)[EACH >> 1]!;
      },
    }),
  },
  {
    name: "Thread with an inline function",
    role: "ours",
    open: () => ({
      async measure() {
        const times: number[] = [];
        for (let i = 0; i < EACH; i++) {
          const begin = performance.now();
          const thread = new Thread({
            target: (n: number) => n * 2,
            args: [21],
            fresh: true,
          }).start();
          await thread.result;
          times.push(performance.now() - begin);
          await thread.join();
        }
        return times.toSorted((a, b) => a - b)[EACH >> 1]!;
      },
    }),
  },
  {
    name: "Thread in a kept worker",
    role: "ours",
    open: () => ({
      async measure() {
        await new Thread({ target: work.double, args: [21] }).start().join();
        const times: number[] = [];
        for (let i = 0; i < EACH; i++) {
          const begin = performance.now();
          const thread = new Thread({ target: work.double, args: [21] }).start();
          await thread.result;
          times.push(performance.now() - begin);
          await thread.join();
        }
        return times.toSorted((a, b) => a - b)[EACH >> 1]!;
      },
    }),
  },
]);
