/**
 * Holds that work grows with the number of things, not with its square: its steps are counted, not its time.
 *
 * Import it before what is to be counted: the engine counts the blocks of functions that it has compiled since.
 */
import { assert } from "@std/assert";
import { Session } from "node:inspector/promises";

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
Deno.test.afterAll(() => session.disconnect());

const FEW = 250, TIMES = 8;
/** Linear work takes 8 times the steps, and a heap of timers some more; with the square it would be 64 times. */
const MOST = 16;

/** What walks an array or moves its items in one call, which the engine does not count. */
const WALKS = ["includes", "indexOf", "lastIndexOf", "shift", "splice", "unshift"] as const;

/** How often the engine ran each function and each block of this thread while `work` ran, and the items that were walked. */
async function stepsOf(work: () => Promise<void>): Promise<number> {
  let steps = 0;
  const own = Object.getOwnPropertyDescriptors(Array.prototype);
  for (const name of WALKS) {
    const walk = Array.prototype[name] as (...args: unknown[]) => unknown;
    Object.defineProperty(Array.prototype, name, {
      ...own[name],
      value(this: unknown[], ...args: unknown[]) {
        steps += this.length;
        return walk.apply(this, args);
      },
    });
  }
  await session.post("Profiler.takePreciseCoverage"); // what was counted before
  try {
    await work();
  } finally {
    for (const name of WALKS) Object.defineProperty(Array.prototype, name, own[name]);
  }
  const { result } = await session.post("Profiler.takePreciseCoverage");
  for (const { functions } of result) {
    for (const { ranges } of functions) for (const { count } of ranges) steps += count;
  }
  return steps;
}

/** Asserts that `work` with eight times as many things takes about eight times as many steps. */
export async function assertLinear(work: (count: number) => Promise<void>): Promise<void> {
  await work(FEW); // what is made once is there
  const few = await stepsOf(() => work(FEW));
  const many = await stepsOf(() => work(TIMES * FEW));
  assert(many < MOST * few, `${FEW}: ${few} steps, ${TIMES * FEW}: ${many} steps`);
}
