/** The far side of the live view: tasks that tell what they do while they do it. */
import { checkpoint, reportProgress } from "../../core/current.ts";
import { setTimer } from "../../core/clock.ts";
import { traceTime } from "../../core/trace.ts";
import { portable } from "../../wire/codec/portable.ts";

/** What a task has to do. */
export interface RaceTask {
  /** Its number. */
  readonly task: number;
  /** How often the loop of the computing part turns. */
  readonly turns: number;
  /** How long it waits after that, in milliseconds. */
  readonly delayMs: number;
  /** Whether a checkpoint is where threads take turns. */
  readonly gil: boolean;
}

/** Where tasks wait while the race is paused, an event of threads. */
export interface NearGate {
  isSet(): boolean;
  waitSync(): boolean;
}

/** The same for processes, where each question is a message. */
export interface FarGate {
  isSet(): Promise<boolean>;
  wait(): Promise<boolean>;
}

/** One of them. */
export type PauseGate = NearGate | FarGate;

/** What a task does now. */
export type TaskState = "running" | "lock" | "io" | "done";

/** A task has begun to do something else. */
export interface TaskStep {
  readonly task: number;
  readonly state: TaskState;
  /** The thread or process that does it: a name of no meaning. */
  readonly worker: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** The loop turns so often between two looks at the clock. */
const SLICE = 100_000;
/** Shorter waits for a turn are the cost of asking. */
const LEAST_WAIT = 1;
/** A delay is waited for in steps, so that a pause is noticed. */
const STEP = 40;
/** How often a process asks whether there is a pause: asking costs a message. */
const ASK_EVERY = 20;

type Tell = (state: TaskState, time?: number) => void;

const worker = crypto.randomUUID();

/** Computes, then waits, and tells of each step. */
export const runTask: (order: RaceTask, gate: PauseGate) => Promise<number> = portable(
  import.meta,
  async function runTask(order: RaceTask, gate: PauseGate): Promise<number> {
    const { task, delayMs } = order;
    const tell = (state: TaskState, time = traceTime()): void =>
      reportProgress({ task, state, worker, time } satisfies TaskStep);
    tell("running");
    // Where nothing has to be waited for, nothing is: another task of this thread would come between.
    const sum = isNear(gate) ? computeNear(order, gate, tell) : await computeFar(order, gate);
    if (delayMs > 0) {
      tell("io");
      await delay(delayMs, gate);
    }
    tell("done");
    return sum;
  },
);

/** One after the other, in one thread. */
export const runInLine: (orders: readonly RaceTask[], gate: PauseGate) => Promise<number[]> =
  portable(import.meta, async function runInLine(orders: readonly RaceTask[], gate: PauseGate) {
    const sums: number[] = [];
    for (const order of orders) sums.push(await runTask(order, gate));
    return sums;
  });

/** All at once, in one thread. */
export const runAtOnce: (orders: readonly RaceTask[], gate: PauseGate) => Promise<number[]> =
  portable(import.meta, function runAtOnce(orders: readonly RaceTask[], gate: PauseGate) {
    return Promise.all(orders.map((order) => runTask(order, gate)));
  });

/** Turns the loop; returns what it makes, so that nothing of it can be left out. */
export function turn(turns: number, sum = 1): number {
  for (let i = 0; i < turns; i++) sum = Math.imul(sum, 1_103_515_245) + 12_345 | 0;
  return sum;
}

function isNear(gate: PauseGate): gate is NearGate {
  return "waitSync" in gate;
}

function computeNear({ turns, gil }: RaceTask, gate: NearGate, tell: Tell): number {
  let sum = 1;
  for (let left = turns; left > 0; left -= SLICE) {
    sum = turn(Math.min(SLICE, left), sum);
    const before = gil ? traceTime() : 0;
    checkpoint();
    const after = gil ? traceTime() : 0;
    if (after - before >= LEAST_WAIT) {
      tell("lock", before);
      tell("running", after);
    }
    if (!gate.isSet()) gate.waitSync();
  }
  return sum;
}

async function computeFar({ turns }: RaceTask, gate: FarGate): Promise<number> {
  await gate.isSet(); // lets the report out as well, before the computing holds the process
  let sum = 1;
  let asked = traceTime();
  for (let left = turns; left > 0; left -= SLICE) {
    sum = turn(Math.min(SLICE, left), sum);
    checkpoint();
    if (traceTime() - asked < ASK_EVERY) continue;
    if (!await gate.isSet()) await gate.wait();
    asked = traceTime();
  }
  return sum;
}

/** Waits so long, pauses not counted. */
async function delay(ms: number, gate: PauseGate): Promise<void> {
  let before = traceTime();
  for (let left = ms; left > 0;) {
    await new Promise<void>((resolve) => setTimer(resolve, Math.min(STEP, left)));
    const after = traceTime();
    left -= after - before;
    before = after;
    checkpoint();
    if (await gate.isSet()) continue;
    if (isNear(gate)) gate.waitSync();
    else await gate.wait();
    before = traceTime();
  }
}
