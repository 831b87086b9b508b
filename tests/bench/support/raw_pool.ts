/** The least that a pool can be: what the limits of the benchmarks are made of. */

/** A pool of bare workers. */
export interface RawPool {
  call(value: unknown): Promise<unknown>;
  close(): void;
}

/** A map of ids over `postMessage`, one message for each call, the workers in turn. */
export async function idMap(count: number): Promise<RawPool> {
  const waiting = new Map<number, (value: unknown) => void>();
  const workers = await start(count, (data) => {
    const [id, value] = data as [number, unknown];
    waiting.get(id)?.(value);
    waiting.delete(id);
  });
  let ids = 0;
  return {
    call(value) {
      const id = ids++;
      const { promise, resolve } = Promise.withResolvers<unknown>();
      waiting.set(id, resolve);
      workers[id % count]!.postMessage([id, value]);
      return promise;
    },
    close: () => workers.forEach((worker) => worker.terminate()),
  };
}

/** All values of a call as one message to each worker. */
export async function bigBatch(count: number): Promise<RawPool> {
  let answer: (value: unknown) => void = () => {};
  let left = 0;
  const workers = await start(count, () => {
    if (--left === 0) answer(null);
  });
  return {
    call(values) {
      const all = values as unknown[];
      const { promise, resolve } = Promise.withResolvers<unknown>();
      answer = resolve;
      left = count;
      const share = Math.ceil(all.length / count);
      workers.forEach((worker, i) => worker.postMessage(all.slice(i * share, (i + 1) * share)));
      return promise;
    },
    close: () => workers.forEach((worker) => worker.terminate()),
  };
}

async function start(count: number, onData: (data: unknown) => void): Promise<Worker[]> {
  return await Promise.all(Array.from({ length: count }, async () => {
    const worker = new Worker(import.meta.resolve("./raw_worker.ts"), { type: "module" });
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.onmessage = () => resolve();
    worker.postMessage([0, null]);
    await promise;
    worker.onmessage = (event) => onData(event.data);
    return worker;
  }));
}
