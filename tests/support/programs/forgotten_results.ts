/** Counts the results that are still alive after they were read, or walked away from, under a signal that lives on. */
import {
  asCompleted,
  AsyncExecutor,
  type Executor,
  Future,
  portable,
  ThreadPoolExecutor,
} from "@quartet/concurrency/futures";
import { Pool } from "@quartet/concurrency/multiprocessing";

const work = portable(import.meta, {
  big(n: number): { n: number; bytes: Uint8Array } {
    return { n, bytes: new Uint8Array(10_000) };
  },
});

const gc = (globalThis as unknown as { gc(): void }).gc;
let alive = 0;
const collected = new FinalizationRegistry(() => alive--);

function note(value: object): void {
  alive++;
  collected.register(value, null);
}

async function settle(): Promise<number> {
  for (let turn = 0; turn < 20; turn++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (alive === 0) break;
  }
  return alive;
}

const numbers = Array.from({ length: 200 }, (_, n) => n);

async function readAll(executor: Executor, signal: AbortSignal): Promise<void> {
  const results = executor.map(work.big, numbers, { signal, timeout: 3_600_000 });
  for await (const result of results) note(result);
}

/** Reads some, and then neither goes on nor says so. */
async function walkAway(executor: Executor, signal: AbortSignal): Promise<void> {
  const results = executor.map(work.big, numbers, { signal, timeout: 3_600_000, lookAhead: 20 });
  for (let read = 0; read < 10; read++) note((await results.next()).value!);
  note(results);
  await executor.onIdle();
}

/** The iterator lives on; what it gave does not. */
async function readSome(executor: Executor, signal: AbortSignal): Promise<AsyncIterator<unknown>> {
  const results = executor.map(work.big, numbers, { signal, timeout: 3_600_000, lookAhead: 20 });
  for (let read = 0; read < 100; read++) note((await results.next()).value!);
  return results;
}

if (import.meta.main) {
  const { signal } = new AbortController();
  const left: Record<string, number> = {};
  for (const executor of [new AsyncExecutor(), new ThreadPoolExecutor({ maxWorkers: 1 })]) {
    const name = executor.constructor.name;
    await readAll(executor, signal);
    left[`${name}, read`] = await settle();
    await walkAway(executor, signal);
    left[`${name}, walked away from`] = await settle();
    const results = await readSome(executor, signal);
    left[`${name}, read in part`] = await settle();
    await results.return?.();
    await executor.shutdown();
  }
  const pool = new Pool(1);
  const results = pool.imap(work.big, numbers, 7);
  for (let read = 0; read < 100; read++) note((await results.next()).value!);
  left["Pool.imap, read in part"] = await settle();
  await results.return();
  await pool[Symbol.asyncDispose]();

  const never = new Future<object>();
  const futures = numbers.map(() => new Future<object>());
  const ended = asCompleted([...futures, never], { signal, timeout: 3_600_000 });
  for (const future of futures.splice(0)) {
    const next = ended.next();
    const value = {};
    note(value);
    future.setResult(value);
    await next;
  }
  left["asCompleted, read in part"] = await settle();
  await ended.return!();
  console.log(JSON.stringify(left));
}
