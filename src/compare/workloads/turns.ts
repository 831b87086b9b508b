/** The work of the `lock` workload. Lean, because every worker that does it loads this module. */
import { setTimer } from "../../core/clock.ts";
import { portable } from "../../wire/codec/portable.ts";

/** What releases a lock: of threads at once, of processes when the owner has been told. */
type Held = Disposable | AsyncDisposable;

/** Turns that a task takes at one counter. */
export interface Turns {
  readonly turns: number;
  /** How long it holds the lock each time, in milliseconds. */
  readonly delay: number;
  /** A lock of `threading` or `multiprocessing`. */
  readonly lock: { acquire(): PromiseLike<Held> };
  /** A value of the same module, which only the lock protects. */
  readonly counter: {
    get(): number | Promise<number>;
    set(value: number): void | Promise<void>;
  };
}

/** Counts on, one turn after the other. */
export const takeTurns: (order: Turns) => Promise<number> = portable(
  import.meta,
  async function takeTurns({ turns, delay, lock, counter }: Turns): Promise<number> {
    for (let turn = 0; turn < turns; turn++) {
      await using _held = await lock.acquire();
      const before = await counter.get();
      if (delay > 0) await new Promise<void>((resolve) => setTimer(resolve, delay));
      await counter.set(before + 1);
    }
    return turns;
  },
);
