/** Portable functions that executors run in tests. */
import { checkpoint, currentSignal, portable, reportProgress } from "@quartet/concurrency/futures";

/** An error with a field of its own, whose class crosses. */
export class OrderError extends Error {
  override name = "OrderError";
  orderId: number;

  constructor(message: string, orderId: number) {
    super(message);
    this.orderId = orderId;
  }
}
portable(import.meta, OrderError);

/** An error whose class nobody made portable. */
class SecretError extends Error {
  override name = "SecretError";
  code = 42;
}

export const jobs = portable(import.meta, {
  square(n: number): number {
    return n * n;
  },
  async addLater(a: number, b: number): Promise<number> {
    await Promise.resolve();
    return a + b;
  },
  echo(...values: unknown[]): unknown[] {
    return values;
  },
  failWithOrder(orderId: number): never {
    throw new OrderError("no such order", orderId);
  },
  failWithSecret(): never {
    throw new SecretError("hidden");
  },
  failWithCause(): never {
    throw new RangeError("outer", { cause: new TypeError("inner") });
  },
  failWithMany(): never {
    throw new AggregateError([new TypeError("a"), new RangeError("b")], "both");
  },
  throwText(): never {
    throw "just text";
  },
  giveFunction(): unknown {
    return { ok: 1, nested: [() => 1] };
  },
  /** Computes for so many milliseconds; notes in `words[1]` how many did so at the same moment at most. */
  takeTurns(words: Int32Array, ms: number): void {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      const inside = Atomics.add(words, 0, 1) + 1;
      if (inside > Atomics.load(words, 1)) Atomics.store(words, 1, inside);
      for (let i = 0; i < 1000; i++);
      Atomics.sub(words, 0, 1);
      checkpoint();
    }
  },
  reportSteps(count: number): number {
    for (let step = 1; step <= count; step++) reportProgress({ step });
    return count;
  },
  *count(to: number): Generator<number, string> {
    for (let n = 0; n < to; n++) yield n;
    return "done";
  },
  async *countLater(to: number): AsyncGenerator<number> {
    for (let n = 0; n < to; n++) {
      await Promise.resolve();
      yield n;
    }
  },
  async listLater(to: number): Promise<number[]> {
    await Promise.resolve();
    return Array.from({ length: to }, (_, n) => n);
  },
  *countAndFail(to: number): Generator<number> {
    for (let n = 0; n < to; n++) yield n;
    throw new OrderError("no more", to);
  },
  /** Counts without end and notes in `flag[0]` that its `finally` ran. */
  *countForever(flag: Int32Array): Generator<number> {
    try {
      for (let n = 0;; n++) yield n;
    } finally {
      flag[0] = 1;
    }
  },
  /** Runs until it is asked to stop. */
  spin(): never {
    for (;;) checkpoint();
  },
  /** Waits until it is asked to stop, and returns why. */
  untilAborted(): Promise<string> {
    const signal = currentSignal();
    return new Promise((resolve) => {
      const done = () => resolve(String((signal.reason as Error).message));
      if (signal.aborted) done();
      else signal.addEventListener("abort", done);
    });
  },
  /** Waits until it is asked to stop, and remembers why in this worker. */
  async rememberWhy(): Promise<void> {
    reportProgress("begun");
    const why = await jobs.untilAborted();
    jobs.rememberWorker("why", why);
  },
  closeWorker(): void {
    (globalThis as unknown as { close(): void }).close();
  },
  exitWorker(): void {
    Deno.exit(3);
  },
  crashLater(): Promise<never> {
    queueMicrotask(() => {
      throw new OrderError("outside of the job", 7);
    });
    return new Promise(() => {});
  },
  rememberWorker(key: string, value: unknown): void {
    (globalThis as unknown as Record<string, unknown>)[key] = value;
  },
  recallWorker(key: string): unknown {
    return (globalThis as unknown as Record<string, unknown>)[key];
  },
  failInitializer(): never {
    throw new OrderError("cannot begin", 1);
  },
  lengthOf(view: Uint8Array): number {
    return view.byteLength;
  },
  sum(values: Float64Array): number {
    return values.reduce((total, value) => total + value, 0);
  },
});
