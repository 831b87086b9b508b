import { allCycles } from "../../shared/parking/deadlock.ts";
import type { Wait } from "../../shared/parking/parking_lot.ts";
import { waitName } from "../../shared/parking/wait_kind.ts";
import type { FamilyMemory } from "../family/family_memory.ts";
import { Family } from "../family/family.ts";

/** One wait by which a process is blocked. */
export interface ProcessWait {
  /** The number of the process in the system. */
  readonly pid: number;
  /** What for: `"Lock"`, `"RLock"` … */
  readonly for: string;
  /** The number of the process that holds it; `null` where none can be named. */
  readonly heldBy: number | null;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
}

/** Processes that wait for each other in a cycle, and so forever. */
export interface ProcessDeadlock {
  /** What each of them waits for, and the next one holds. */
  readonly waits: readonly ProcessWait[];
  /** The same in words. */
  readonly message: string;
}

/**
 * Finds processes of this family that block each other: each waits, by `acquireSync()`, for a lock that the next one holds.
 *
 * - Only waits without a timeout count: any other ends by itself. A process that waits with a promise can still let go of what
 *   it holds.
 * - It sees what stands in memory that the processes share, which takes Linux and `--allow-ffi`; of locks that are served
 *   nobody blocks.
 * - It is a look at memory that others go on changing. A `Lock`, which anybody may release, can end a deadlock yet.
 *
 * Beyond Python, which has none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { findDeadlocks } from "@quartet/concurrency/multiprocessing";
 *
 * assertEquals(findDeadlocks(), []);
 * ```
 */
export function findDeadlocks(): ProcessDeadlock[] {
  const memory = Family.joined?.memory;
  if (memory === undefined) return [];
  const blocked = new Map<number, Wait>();
  for (const { participant, at, kind, since, timed, owner, blocks } of memory.allWaits()) {
    if (!blocks) continue;
    const holder = owner === 0 ? 0 : memory.load(owner) >>> 1;
    blocked.set(participant, {
      thread: participant,
      address: at,
      kind,
      since,
      timed,
      owner: holder,
    });
  }
  return allCycles(blocked.keys(), (each) => blocked.get(each) ?? null)
    .map((cycle) => tell(cycle, memory));
}

function tell(cycle: readonly Wait[], memory: FamilyMemory): ProcessDeadlock {
  const waits = cycle.map(({ thread, kind, since, owner }) =>
    Object.freeze({
      pid: memory.pidOf(thread),
      for: waitName(kind),
      heldBy: owner === 0 ? null : memory.pidOf(owner),
      since,
    })
  );
  const lines = cycle.map(({ thread, kind, address, owner }) =>
    `  ${memory.nameOf(thread)} waits for ${waitName(kind)} #${address}, which ${
      memory.nameOf(owner)
    } holds`
  );
  return Object.freeze({
    waits: Object.freeze(waits),
    message: ["Deadlock: these processes wait for each other", ...lines].join("\n"),
  });
}
