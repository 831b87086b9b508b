/** What children do with items that their parent lends them. */
import { createTask, run, sleep } from "../../../src/asyncio/mod.ts";
import { CancelledError, EmptyError, ShutDownError } from "../../../src/core/errors.ts";
import type { WaitOptions } from "../../../src/core/deadline.ts";
import { randomOf } from "../seeded_random.ts";
import type { Connection, JoinableQueue, Queue } from "../../../src/multiprocessing/mod.ts";
import { portable } from "../../../src/wire/codec/portable.ts";
import { fuzzRemoteWaits } from "../../suites/wait_suite.ts";
import type { MakeShared } from "../../suites/shared_wait_subjects.ts";

/** How far a child has come, and what it is told: words of a shared array. */
export const Word = { REACHED: 0, GO_ON: 1 } as const;

/** The words, as a child and its parent both see them. */
type Words = { get(index: number): number; set(index: number, value: number): void };

/** Gets so many, one after the other, so that it is lent more. */
async function take(queue: Queue<number>, count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) taken.push(await queue.get());
  return taken;
}

async function getOrEnd(queue: Queue<number>): Promise<number | string | undefined> {
  try {
    return await queue.tryGet();
  } catch (error) {
    if (error instanceof ShutDownError) return error.name;
    throw error;
  }
}

export const borrowers = portable(import.meta, {
  take,
  /** Takes some, then spins until it is told to go on, and tries for another; returns all that it got. */
  async takeAndSpin(
    queue: Queue<number>,
    count: number,
    words: Words,
  ): Promise<(number | string | undefined)[]> {
    const taken = await take(queue, count);
    words.set(Word.REACHED, 1);
    while (words.get(Word.GO_ON) === 0);
    return [...taken, await getOrEnd(queue)];
  },
  /** Takes some, and then nothing more until it is killed. */
  async takeAndRest(queue: Queue<number>, count: number, words: Words): Promise<void> {
    await take(queue, count);
    words.set(Word.REACHED, 1);
    await new Promise(() => setInterval(() => {}, 1_000));
  },
  /** Takes until the queue is shut down, and returns what it got. */
  async takeAll(queue: Queue<number>): Promise<number[]> {
    const taken: number[] = [];
    for await (const item of queue) taken.push(item);
    return taken;
  },
  /** Takes so many and reports each as done; then one more, and returns what comes of that. */
  async takeAndFinish(queue: JoinableQueue<number>, count: number): Promise<string> {
    for (let i = 0; i < count; i++) {
      await queue.get();
      await queue.taskDone();
    }
    return await queue.taskDone().then(() => "done", (error: Error) => error.name);
  },
  /** Takes one, and reports as many as done as it can. */
  async finishForOthers(queue: JoinableQueue<number>, words: Words): Promise<string> {
    await queue.get();
    words.set(Word.REACHED, 1);
    while (words.get(Word.GO_ON) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await queue.taskDone(); // one too many, which it cannot know yet
    await queue.qsize(); // what the home says to that has come before this answer
    return await queue.taskDone().then(() => "done", (error: Error) => error.name);
  },
  /** Takes with so many gets at a time until the queue is shut down, and returns what it got. */
  async takeTogether(queue: Queue<number>, getters: number): Promise<number[]> {
    const each = Array.from({ length: getters }, () => borrowers.takeAll(queue));
    return (await Promise.all(each)).flat();
  },
  /** Takes until the queue is shut down, and gives up gets at random, at each of their moments; returns what it kept. */
  async takeFitfully(queue: Queue<number>, seed: number): Promise<number[]> {
    const random = randomOf(seed);
    const kept: number[] = [];
    const keep = async (options?: WaitOptions): Promise<void> => {
      kept.push(await queue.get(options));
    };
    await run(async () => {
      for (;;) {
        try {
          switch (random(6)) {
            case 0:
              await keep({ timeout: random(2) });
              break;
            case 1: {
              const task = createTask(() => keep());
              for (let hops = random(6); hops > 0; hops--) await null;
              if (random(2) === 0) await sleep(random(2));
              task.cancel();
              await task;
              break;
            }
            case 2:
              await keep({ signal: AbortSignal.timeout(random(3)) });
              break;
            default:
              await keep();
          }
        } catch (error) {
          if (error instanceof ShutDownError) return;
          const isOver = error instanceof EmptyError || error instanceof CancelledError ||
            (error as Error).name === "TimeoutError";
          if (!isOver) throw error;
        }
      }
    });
    return kept;
  },
  /** Runs the fuzz of waits on what the other end of the connection makes, which is told the kind. */
  async fuzz(connection: Connection, seeds: readonly number[]): Promise<void> {
    const make = async (kind: string): Promise<unknown> => {
      await connection.send(kind);
      return await connection.recv();
    };
    for (const seed of seeds) await fuzzRemoteWaits(seed, make as MakeShared);
    await connection.send(null);
  },
});
