/**
 * What a thread costs, and what a process: to start, in memory, to hand eight megabytes there and back, to share a
 * number.
 *
 * Run:    deno run --allow-read=. --allow-run --allow-net=127.0.0.1 examples/processes/cost.ts
 * Watch:  the best of several rounds, one kind after the other in each, as nobody else disturbs the best one. A
 *         process costs more in all of them, most where something is handed over or shared: a thread can be given the
 *         memory itself (`transfer`), for a process it is copied; threads have the same memory, processes send
 *         messages about it. For that a process can be killed, and cannot disturb the others.
 */
import {
  portable,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  transfer,
} from "@quartet/concurrency/futures";
import * as multiprocessing from "@quartet/concurrency/multiprocessing";
import * as threading from "@quartet/concurrency/threading";

const ROUNDS = 7, MESSAGES = 5, COUNTS = 200;

const echo = portable(import.meta, function echo(bytes: Uint8Array): Uint8Array {
  return transfer(bytes);
});

/** Bytes of memory of the process in which it runs. */
const memory = portable(import.meta, function memory(): number {
  return Deno.memoryUsage().rss;
});

/** Counts in a number that others see; milliseconds that it took. */
const count = portable(
  import.meta,
  async function count(shared: threading.Value | multiprocessing.Value): Promise<number> {
    const begin = performance.now();
    for (let i = 0; i < COUNTS; i++) await shared.add(1);
    return performance.now() - begin;
  },
);

interface Cost {
  /** Milliseconds until the first answer. */
  readonly start: number;
  /** Megabytes. */
  readonly memory: number;
  /** Milliseconds for eight megabytes there and back. */
  readonly message: number;
  /** Microseconds to add to a shared number. */
  readonly number: number;
}

async function measure(kind: "threads" | "processes"): Promise<Cost> {
  const threads = kind === "threads";
  const before = memory();
  const begin = performance.now();
  await using pool = threads
    ? new ThreadPoolExecutor({ maxWorkers: 1 })
    : new ProcessPoolExecutor({ maxWorkers: 1 });
  // A thread is part of this process: it costs what this one has more. A process has all of its own.
  const there = await pool.submit(memory);
  const start = performance.now() - begin;
  const talk = performance.now();
  for (let i = 0; i < MESSAGES; i++) await pool.submit(echo, transfer(new Uint8Array(8 * 2 ** 20)));
  const message = (performance.now() - talk) / MESSAGES;
  const shared = threads ? new threading.Value(0) : new multiprocessing.Value(0);
  const number = await pool.submit(count, shared) / COUNTS * 1000;
  return {
    start,
    memory: (threads ? Math.max(0, there - before) : there) / 2 ** 20,
    message,
    number,
  };
}

if (import.meta.main) {
  const [threads, processes]: [Cost[], Cost[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    threads.push(await measure("threads"));
    processes.push(await measure("processes"));
  }
  const parts = [["start", "ms"], ["memory", "MB"], ["message", "ms"], ["number", "µs"]] as const;
  for (const [part, unit] of parts) {
    const [thread, process] = [threads, processes].map((all) =>
      Math.min(...all.map((cost) => cost[part]))
    );
    const say = (value: number): string => `${value.toFixed(1).padStart(6)} ${unit}`;
    console.log(
      `${part.padEnd(8)} thread ${say(thread!)}   process ${say(process!)}   ` +
        (process! > thread! ? "the process costs more" : "the thread costs more"),
    );
  }
}
