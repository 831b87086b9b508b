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
}

/** Where tasks wait while the race is paused: an event of threads, or one between processes. */
export interface PauseGate {
  isSet(): boolean | Promise<boolean>;
  wait(): Promise<boolean>;
}

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
const SLICE = 20_000;
/** Shorter waits for a turn are the cost of asking. */
const LEAST_WAIT = 1;
/** A delay is waited for in steps, so that a pause is noticed. */
const STEP = 40;
/** How often a process asks whether there is a pause: asking costs a message. */
const ASK_EVERY = 20;

const worker = crypto.randomUUID();

/** Computes, then waits, and tells of each step. */
export const runTask: (order: RaceTask, gate: PauseGate) => Promise<number> = portable(
  import.meta,
  async function runTask({ task, turns, delayMs }: RaceTask, gate: PauseGate): Promise<number> {
    const tell = (state: TaskState, time = traceTime()): void =>
      reportProgress({ task, state, worker, time } satisfies TaskStep);
    tell("running");
    const asked = gate.isSet();
    const far = typeof asked !== "boolean";
    if (far) await asked; // lets the report out as well, before the computing holds the process
    const sum = await compute(turns, gate, far, tell);
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

async function compute(
  turns: number,
  gate: PauseGate,
  far: boolean,
  tell: (state: TaskState, time?: number) => void,
): Promise<number> {
  let sum = 1;
  let asked = traceTime();
  for (let left = turns; left > 0; left -= SLICE) {
    sum = turn(Math.min(SLICE, left), sum);
    const before = traceTime();
    checkpoint();
    const after = traceTime();
    if (after - before >= LEAST_WAIT) {
      tell("lock", before);
      tell("running", after);
    }
    if (far && after - asked < ASK_EVERY) continue;
    asked = after;
    const open = gate.isSet();
    if (open !== true && !await open) await gate.wait();
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
    await gate.wait();
    before = traceTime();
  }
}
