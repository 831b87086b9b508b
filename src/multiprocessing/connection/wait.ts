import { checkIterable } from "../../core/check.ts";
import { enter, type Work } from "../../core/current.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import { NEVER } from "../../core/current.ts";
import { Connection } from "./connection.ts";
import type { Process } from "../process/process.ts";

/** What can be waited for: a connection with something to receive, a process that has ended. */
export type Waitable = Connection | Process;

/**
 * Waits until some of these are ready, and returns those: connections with a message or at their end, processes
 * that have ended.
 *
 * Source: `multiprocessing.connection.wait`.
 *
 * @returns the ready ones in their order; none when the timeout passes first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Pipe, wait } from "@quartet/concurrency/multiprocessing";
 *
 * const [reader, writer] = Pipe({ duplex: false });
 * assertEquals(await wait([reader], { timeout: 0 }), []);
 * await writer.send("x");
 * assertEquals(await wait([reader]), [reader]);
 * ```
 */
export function wait<W extends Waitable>(
  objects: Iterable<W>,
  options: WaitOptions = {},
): Promise<W[]> {
  return withdrawable(({ signal }) => {
    checkIterable(objects, "objects");
    const { timeout } = options;
    // Its waits are a part of this one, which ends them; they are nobody's own.
    const work = enter(NOBODY);
    try {
      return waitForSome([...objects], timeout, signal);
    } finally {
      enter(work);
    }
  }, { options, call: "wait()" });
}

const NOBODY: Work = { signal: NEVER, checkpoint() {} };

async function waitForSome<W extends Waitable>(
  list: readonly W[],
  timeout: number | undefined,
  signal: AbortSignal,
): Promise<W[]> {
  const enough = new AbortController();
  const bound = AbortSignal.any([signal, enough.signal]);
  const ready = new Set<W>();
  const watches = list.map(async (each) => {
    try {
      if (await becomesReady(each, { timeout, signal: bound })) ready.add(each);
    } catch (error) {
      if (!enough.signal.aborted) throw error;
    }
    return ready.size;
  });
  try {
    await new Promise<void>((resolve, reject) => {
      for (const watch of watches) watch.then((count) => count > 0 && resolve(), reject);
      Promise.all(watches).then(() => resolve(), reject);
    });
    await Promise.resolve(); // those that became ready in the same turn belong to it
  } finally {
    enough.abort();
    await Promise.allSettled(watches);
  }
  return list.filter((each) => ready.has(each));
}

async function becomesReady(object: Waitable, options: WaitOptions): Promise<boolean> {
  if (object instanceof Connection) return await object.poll(options);
  await object.join(options);
  return !object.isAlive;
}
