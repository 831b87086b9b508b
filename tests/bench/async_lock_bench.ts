/**
 * A lock taken and given back: with nobody else, and with ten that contend.
 *
 * Targets: uncontended within 2 times of awaiting a resolved promise, contended within 1.5 times of a
 * naive FIFO (an array of resolvers, without cancel, timeout, guard or order between loops).
 */
import { gather, Lock, run } from "../../src/asyncio/mod.ts";
import { bench, type Contender } from "./harness.ts";
import { peer } from "./support/peer.ts";

const TIMES = 200_000;
const CONTENDERS = 10;

/** The least that hands a lock on in order. */
class NaiveLock {
  #locked = false;
  readonly #waiting: (() => void)[] = [];

  acquire(): Promise<void> {
    if (!this.#locked) {
      this.#locked = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#locked = false;
    else next();
  }
}

/** The least that gives a lock back at the end of a block: most of its time is the platform's `using`. */
class BareGuard implements Disposable {
  readonly #lock: NaiveLock;

  constructor(lock: NaiveLock) {
    this.#lock = lock;
  }

  [Symbol.dispose](): void {
    this.#lock.release();
  }
}

/** A contender from a loop that takes and gives back `times`. */
function taking(
  name: string,
  role: Contender["role"],
  take: (times: number) => Promise<unknown>,
  inLoop = false,
): Contender {
  return {
    name,
    role,
    open: () => ({
      async measure() {
        let took = 0;
        const timed = async (): Promise<void> => {
          const start = performance.now();
          await take(TIMES);
          took = performance.now() - start;
        };
        await (inLoop ? run(timed) : timed());
        return took * 1e6 / TIMES;
      },
    }),
  };
}

/** So many workers side by side, each its share of `times`; inside the lock each suspends once. */
function contending(
  acquire: () => Promise<unknown>,
  release: () => void,
  spawn: (workers: (() => Promise<void>)[]) => PromiseLike<unknown> = (workers) =>
    Promise.all(workers.map((work) => work())),
): (times: number) => Promise<unknown> {
  return async (times) => {
    const worker = async (): Promise<void> => {
      for (let i = 0; i < times / CONTENDERS; i++) {
        await acquire();
        await undefined;
        release();
      }
    };
    await spawn(Array.from({ length: CONTENDERS }, () => worker));
  };
}

/** A worker that is a generator. */
function* takeByYield(lock: Lock, times: number): Generator<unknown, void, unknown> {
  for (let i = 0; i < times; i++) {
    using _held = yield* lock.acquire();
    yield;
  }
}

if (import.meta.main) {
  const { Mutex } = await peer("async-mutex@0.5.0");
  const { Sema } = await peer("async-sema@3.1.1");
  const { default: pLimit } = await peer("p-limit@7.3.3");

  const resolved = Promise.resolve();
  const lock = new Lock();
  const naive = new NaiveLock();
  const mutex = new Mutex();
  const sema = new Sema(1);
  const limit = pLimit(1);

  await bench({
    title: "lock, uncontended",
    unit: "ns",
    better: "lower",
    rounds: 9,
    warmUps: 2,
    target: "at most 2 times an await of a resolved promise",
  }, [
    taking("await a resolved promise", "limit", async (times) => {
      for (let i = 0; i < times; i++) await resolved;
    }),
    taking("quartet", "ours", async (times) => {
      for (let i = 0; i < times; i++) {
        await lock.acquire();
        lock.release();
      }
    }, true),
    taking("quartet, using", "ours", async (times) => {
      for (let i = 0; i < times; i++) {
        using _held = await lock.acquire();
      }
    }, true),
    taking("quartet, using in a generator", "ours", (times) =>
      run(function* () {
        for (let i = 0; i < times; i++) {
          using _held = yield* lock.acquire();
        }
      })),
    taking("naive FIFO", "limit", async (times) => {
      for (let i = 0; i < times; i++) {
        await naive.acquire();
        naive.release();
      }
    }),
    taking("naive FIFO, using", "peer", async (times) => {
      for (let i = 0; i < times; i++) {
        await naive.acquire();
        using _held = new BareGuard(naive);
      }
    }),
    taking("async-sema", "peer", async (times) => {
      for (let i = 0; i < times; i++) {
        await sema.acquire();
        sema.release();
      }
    }),
    taking("async-mutex", "peer", async (times) => {
      for (let i = 0; i < times; i++) {
        const release = await mutex.acquire();
        release();
      }
    }),
    taking("p-limit", "peer", async (times) => {
      const work = (): Promise<void> => resolved;
      for (let i = 0; i < times; i++) await limit(work);
    }),
  ]);

  await bench({
    title: `lock, ${CONTENDERS} contending`,
    unit: "ns",
    better: "lower",
    rounds: 9,
    warmUps: 2,
    target: "at most 1.5 times the naive FIFO",
  }, [
    taking(
      "naive FIFO",
      "limit",
      contending(() => naive.acquire(), () => naive.release()),
    ),
    taking(
      "quartet",
      "ours",
      contending(() => lock.acquire(), () => lock.release(), (workers) => gather(...workers)),
      true,
    ),
    taking("quartet, generators", "ours", (times) =>
      run(() =>
        gather(
          Array.from({ length: CONTENDERS }, () => takeByYield(lock, times / CONTENDERS)),
        )
      )),
    taking(
      "async-sema",
      "peer",
      contending(() => sema.acquire(), () => sema.release()),
    ),
    taking(
      "async-mutex",
      "peer",
      contending(() => mutex.acquire(), () => mutex.release()),
    ),
  ]);
}
