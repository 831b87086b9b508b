/** What the threads of the stress tests run. */
import {
  type Barrier,
  checkpoint,
  type Lock,
  portable,
  type RWLock,
  type Semaphore,
} from "../../../src/threading/mod.ts";
import { type Queue, ShutDownError } from "../../../src/queue/mod.ts";

export const stress = portable(import.meta, {
  increment(lock: Lock, cell: Int32Array, start: Barrier, times: number) {
    start.waitSync();
    for (let i = 0; i < times; i++) {
      lock.acquireSync();
      cell[0]!++;
      lock.release();
      checkpoint();
    }
  },
  /** Takes the lock in all the ways there are, chosen by a seed, and gives up now and then. */
  async mixed(lock: Lock, semaphore: Semaphore, cell: Int32Array, seed: number, times: number) {
    let random = seed;
    const next = (n: number) => (random = (random * 48271) % 2147483647) % n;
    let done = 0;
    for (let i = 0; i < times; i++) {
      const kind = next(6);
      const guard = kind === 0
        ? lock.acquireSync()
        : kind === 1
        ? lock.acquireSync({ timeout: next(2) })
        : kind === 2
        ? await lock.acquire()
        : kind === 3
        ? await lock.acquire({ timeout: next(2) })
        : lock.tryAcquire();
      if (guard !== null) {
        cell[0]!++;
        done++;
        guard[Symbol.dispose]();
      }
      const permit = kind < 3 ? semaphore.acquireSync() : await semaphore.acquire();
      Atomics.add(cell, 1, 1);
      if (Atomics.load(cell, 1) > 2) throw new Error("more than two inside");
      Atomics.sub(cell, 1, 1);
      permit[Symbol.dispose]();
    }
    return done;
  },
  readAndWrite(lock: RWLock, cells: Int32Array, seed: number, times: number) {
    let random = seed;
    const next = (n: number) => (random = (random * 48271) % 2147483647) % n;
    let written = 0;
    for (let i = 0; i < times; i++) {
      if (next(4) === 0) {
        using _writing = lock.acquireWriteSync();
        cells[0]!++;
        cells[1]!++;
        written++;
      } else {
        using _reading = lock.acquireReadSync();
        if (cells[0] !== cells[1]) throw new Error("read half a write");
      }
    }
    return written;
  },
  produce(queue: Queue<number>, me: number, times: number) {
    for (let i = 0; i < times; i++) queue.putSync(me * 1_000_000 + i);
  },
  /** Takes until the queue is shut down; returns count, sum, and whether each producer's order held. */
  consume(queue: Queue<number>, producers: number) {
    const last = new Array<number>(producers).fill(-1);
    let count = 0, sum = 0, ordered = true;
    while (true) {
      let item: number;
      try {
        item = queue.getSync();
      } catch (error) {
        if (error instanceof ShutDownError) return { count, sum, ordered };
        throw error;
      }
      const producer = Math.floor(item / 1_000_000), i = item % 1_000_000;
      if (i <= last[producer]!) ordered = false;
      last[producer] = i;
      count++;
      sum += i;
    }
  },
  pass(barrier: Barrier, cells: Int32Array, me: number, times: number) {
    for (let pass = 1; pass <= times; pass++) {
      Atomics.store(cells, me, pass);
      barrier.waitSync();
      for (const seen of cells) {
        if (seen !== pass && seen !== pass + 1) throw new Error(`out of step: ${cells}`);
      }
    }
  },
});
