import { show } from "../../core/check.ts";
import { load } from "../../shared/memory/words.ts";
import {
  allCycles,
  blockedOn,
  describeCycle,
  setDeadlockHook,
  watchForDeadlocks,
} from "../../shared/parking/deadlock.ts";
import { allWaits, type Wait } from "../../shared/parking/parking_lot.ts";
import { waitName } from "../../shared/parking/wait_kind.ts";
import {
  isRunning,
  me,
  myThread,
  registeredThreads,
  SLOT,
  slotOf,
  threadName,
} from "../../shared/thread/thread_slot.ts";

/** One wait of a thread. */
export interface ThreadWait {
  /** What for: `"Lock"`, `"Queue to get"`, `"the end of a thread"` … */
  readonly for: string;
  /** Tells one lock or queue from another. */
  readonly address: number;
  /** The name of the thread that holds it; `null` where nobody can be named. */
  readonly heldBy: string | null;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
  /** Whether it ends by itself at some time. */
  readonly timed: boolean;
  /** Whether the thread is blocked by it, or its event loop goes on. */
  readonly blocks: boolean;
}

/** One thread, as it stood when it was looked at. */
export interface ThreadState {
  /** Its identity. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
  /** Whether it is a daemon. */
  readonly daemon: boolean;
  /** `"blocked"` in a wait of this library; else `"running"`, which includes its event loop. */
  readonly state: "running" | "blocked";
  /** All that it waits for. */
  readonly waits: readonly ThreadWait[];
}

/**
 * Where each thread stands: what it waits for, since when, and who holds that.
 *
 * Works at any time and from any thread, also when the others are blocked. It is a look at memory that
 * others go on changing, so what it says of a running thread may be over already.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dumpThreads, Lock } from "@quartet/concurrency/threading";
 *
 * const lock = new Lock();
 * const held = lock.acquireSync();
 * const next = lock.acquire();
 * const [main] = dumpThreads();
 * assertEquals(main!.waits.map((wait) => [wait.for, wait.heldBy]), [["Lock", "MainThread"]]);
 * held[Symbol.dispose]();
 * (await next)[Symbol.dispose]();
 * ```
 */
export function dumpThreads(): ThreadState[] {
  myThread();
  const waits = allWaits();
  return registeredThreads().filter(isRunning).toSorted((a, b) => a - b).map((id) => {
    const blocked = id === me ? null : blockedOn(id);
    return Object.freeze({
      id,
      name: threadName(id),
      daemon: load(slotOf(id) + SLOT.daemon) === 1,
      state: blocked === null ? "running" as const : "blocked" as const,
      waits: Object.freeze(
        waits.filter((wait) => wait.thread === id).map((wait) =>
          tell(wait, wait.address === blocked?.address)
        ),
      ),
    });
  });
}

/** Threads that wait for each other in a cycle, and so forever. */
export interface Deadlock {
  /** The names of the threads, each waiting for what the next one holds. */
  readonly threads: readonly string[];
  /** What each of them waits for. */
  readonly waits: readonly ThreadWait[];
  /** The same in words. */
  readonly message: string;
}

/**
 * Finds threads that are blocked waiting for each other's locks, or for each other's end.
 *
 * Only waits without a timeout count: any other ends by itself.
 */
export function findDeadlocks(): Deadlock[] {
  myThread();
  return allCycles().map(tellDeadlock);
}

/**
 * Has every thread look for a deadlock each time before it blocks, and report one that it closes.
 *
 * The thread that closes the cycle reports it: to `report` if that thread has given one, else on stderr,
 * with the holder and the waiters of each. While a trace is recorded threads look anyway.
 *
 * @param report told of the deadlocks that the calling thread closes; it must not wait.
 * @returns an object that ends it, for `using`.
 */
export function watchDeadlocks(report?: (deadlock: Deadlock) => void): Disposable {
  myThread();
  if (report !== undefined && typeof report !== "function") {
    throw new TypeError(`Cannot report deadlocks to ${show(report)}: pass a function`);
  }
  setDeadlockHook(report === undefined ? null : (cycle) => report(tellDeadlock(cycle)));
  watchForDeadlocks(true);
  return {
    [Symbol.dispose]: () => {
      watchForDeadlocks(false);
      setDeadlockHook(null);
    },
  };
}

function tellDeadlock(cycle: readonly Wait[]): Deadlock {
  return Object.freeze({
    threads: Object.freeze(cycle.map((wait) => threadName(wait.thread))),
    waits: Object.freeze(cycle.map((wait) => tell(wait, true))),
    message: describeCycle(cycle),
  });
}

function tell(wait: Wait, blocks: boolean): ThreadWait {
  return Object.freeze({
    for: waitName(wait.kind),
    address: wait.address,
    heldBy: wait.owner === 0 ? null : threadName(wait.owner),
    since: wait.since,
    timed: wait.timed,
    blocks,
  });
}
