/** What the threads of the benches run. */
import { type Barrier, type Lock, portable } from "../../../src/threading/mod.ts";
import type { Queue } from "../../../src/queue/mod.ts";
import { BareMutex, BareRing } from "./bare_futex.ts";

/** A small object, as programs send them. */
export function smallObject(i: number): { id: number; name: string; ok: boolean; at: number } {
  return { id: i, name: "item", ok: true, at: i + 0.5 };
}

export const work = portable(import.meta, {
  /** Nanoseconds for each increment under `lock`. */
  incrementUnder(lock: Lock, cell: Int32Array, start: Barrier, times: number): number {
    start.waitSync();
    const begin = performance.now();
    for (let i = 0; i < times; i++) {
      lock.acquireSync();
      cell[0]!++;
      lock.release();
    }
    return (performance.now() - begin) * 1e6 / times;
  },
  incrementBare(
    buffer: SharedArrayBuffer,
    cell: Int32Array,
    start: Barrier,
    times: number,
  ): number {
    const mutex = new BareMutex(buffer);
    start.waitSync();
    const begin = performance.now();
    for (let i = 0; i < times; i++) {
      mutex.lock();
      cell[0]!++;
      mutex.unlock();
    }
    return (performance.now() - begin) * 1e6 / times;
  },
  /** Takes `times` items. */
  drain(queue: Queue<unknown>, start: Barrier, times: number): unknown {
    start.waitSync();
    let last: unknown;
    for (let i = 0; i < times; i++) last = queue.getSync();
    return last;
  },
  drainBare(buffer: SharedArrayBuffer, start: Barrier, times: number): number {
    const ring = new BareRing(buffer);
    start.waitSync();
    let last = 0;
    for (let i = 0; i < times; i++) last = ring.get();
    return last;
  },
  echo(there: Queue<number>, back: Queue<number>, times: number): void {
    for (let i = 0; i < times; i++) back.putSync(there.getSync());
  },
  echoBare(buffer: SharedArrayBuffer, times: number): void {
    const cells = new Int32Array(buffer);
    for (let i = 1; i <= times; i++) {
      while (Atomics.load(cells, 0) !== i) Atomics.wait(cells, 0, i - 1);
      Atomics.store(cells, 16, i);
      Atomics.notify(cells, 16);
    }
  },
  double(n: number): number {
    return n * 2;
  },
});
