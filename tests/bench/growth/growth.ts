/** What the rows of the table of growth are made of. */
import process from "node:process";
import { createTask, gather, run, sleep, type Task } from "../../../src/asyncio/mod.ts";
import { randomOf } from "../../support/seeded_random.ts";

/** One row. */
export interface Growth {
  readonly name: string;
  /** The largest power of ten. */
  readonly to?: number;
  /** Has `count` of it; returns the milliseconds that the part to be measured took. */
  readonly take: (count: number) => Promise<number>;
}

/** The milliseconds of this process that `work` takes; neighbours take none of those. */
export async function timed(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A row of something that happens inside of a loop. */
export function inLoop(name: string, take: (count: number) => Promise<number>, to = 6): Growth {
  return { name, to, take: (count) => run(() => take(count)) };
}

/** `count` tasks that have begun to wait. */
export async function waiting(
  count: number,
  begin: (index: number) => PromiseLike<unknown>,
): Promise<Task<unknown>[]> {
  const tasks = Array.from({ length: count }, (_, i) => createTask(async () => await begin(i)));
  await sleep(0);
  await sleep(0);
  return tasks;
}

/** The end of all, whatever it is. */
export function ends(tasks: readonly Task<unknown>[]): PromiseLike<unknown> {
  return gather(tasks, { returnExceptions: true });
}

/** The same in an order in which each comes from the middle of those that are left. */
export function shuffled<T>(list: T[]): T[] {
  const random = randomOf(7);
  for (let i = list.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

/** Numbers from 0 on. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
