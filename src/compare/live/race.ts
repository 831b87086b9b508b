import { epochTime } from "../../core/clock.ts";
import type { Executor } from "../../futures/executor.ts";
import type { RaceEvent } from "./race_messages.ts";
import type { RaceModel, RaceSettings } from "./race_settings.ts";
import {
  type PauseGate,
  type RaceTask,
  runAtOnce,
  runInLine,
  runTask,
  type TaskStep,
  turn,
} from "./race_task.ts";

/** Looks like an event of threads, or of processes. */
type Gate = PauseGate & {
  set(): void | Promise<void>;
  clear(): void | Promise<void>;
};

/** A model that is ready to run. */
interface Opened {
  readonly model: RaceModel;
  readonly executor: Executor;
  readonly gate: Gate;
  readonly startMs: number;
}

/** One race: every model does the same tasks, really, and each step of a task is told when it happens. */
export class Race implements AsyncDisposable {
  readonly #settings: RaceSettings;
  readonly #tell: (event: RaceEvent) => void;
  readonly #stop = new AbortController();
  readonly #gates = new Set<Gate>();
  /** Pauses that are over, and since when there is one. */
  readonly #pauses: { readonly from: number; readonly to: number }[] = [];
  #pausedAt: number | undefined;
  #over = false;
  #done: Promise<void>;

  /** Begins a race; `tell` hears of everything in order. */
  constructor(settings: RaceSettings, tell: (event: RaceEvent) => void) {
    this.#settings = settings;
    this.#tell = tell;
    this.#done = this.#run();
  }

  /** Lets no task go on. */
  pause(): void {
    if (this.#pausedAt !== undefined || this.#over || this.#stop.signal.aborted) return;
    this.#pausedAt = epochTime();
    for (const gate of this.#gates) void gate.clear();
    this.#tell({ is: "paused", paused: true });
  }

  /** Lets tasks go on. */
  resume(): void {
    if (this.#pausedAt === undefined) return;
    this.#pauses.push({ from: this.#pausedAt, to: epochTime() });
    this.#pausedAt = undefined;
    for (const gate of this.#gates) void gate.set();
    this.#tell({ is: "paused", paused: false });
  }

  /** Stops the race; returns when all of its threads and processes are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new DOMException("The race was stopped", "AbortError"));
    this.resume();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    this.#tell({ is: "race", settings: this.#settings, cores: navigator.hardwareConcurrency });
    try {
      const turns = Math.round(turnsInMs() * this.#settings.taskMs);
      await (this.#settings.together ? this.#together(turns) : this.#inTurn(turns));
    } catch (error) {
      this.#fail(error);
    }
    this.#over = true;
    this.#tell({ is: "over", stopped: signal.aborted });
  }

  /** Tells what went wrong first, and stops the others: a race without one of them is none. */
  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#tell({ is: "error", message: `The race failed: ${error}` });
    this.#stop.abort(error);
    this.resume();
  }

  /** All begin when all are ready. */
  async #together(turns: number): Promise<void> {
    await using stack = new AsyncDisposableStack();
    const opened: Opened[] = [];
    for (const model of this.#settings.models) opened.push(await this.#open(model, stack));
    await Promise.all(opened.map((each) => this.#race(each, turns)));
  }

  /** Each has the machine to itself. */
  async #inTurn(turns: number): Promise<void> {
    for (const model of this.#settings.models) {
      await using stack = new AsyncDisposableStack();
      await this.#race(await this.#open(model, stack), turns);
    }
  }

  /** Starts the workers of a model. In line and asynchronous work has a thread, so that this one stays free. */
  async #open(model: RaceModel, stack: AsyncDisposableStack): Promise<Opened> {
    this.#stop.signal.throwIfAborted();
    this.#tell({ is: "opening", model });
    const { ProcessPoolExecutor, ThreadPoolExecutor } = await import("../../futures/mod.ts");
    const { workers, gil } = this.#settings;
    const alone = model === "sync" || model === "async";
    const size = alone ? 1 : workers;
    const options = { maxWorkers: size, minWorkers: size };
    const began = epochTime();
    const gate = await makeGate(model);
    const executor = stack.use(
      model === "processes" ? new ProcessPoolExecutor(options) : new ThreadPoolExecutor({
        ...options,
        ...(gil && !alone ? { gil: await makeGil() } : {}),
      }),
    );
    await gate.set();
    await executor.ready();
    return { model, executor, gate, startMs: epochTime() - began };
  }

  async #race({ model, executor, gate, startMs }: Opened, turns: number): Promise<void> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    const { tasks, delayMs, gil } = this.#settings;
    const common = { turns, delayMs, gil: gil && model === "threads" };
    const orders = Array.from({ length: tasks }, (_, task): RaceTask => ({ task, ...common }));
    const began = epochTime();
    const workers: string[] = [];
    const onProgress = (step: unknown): void => {
      const { task, state, worker, time } = step as TaskStep;
      if (!workers.includes(worker)) workers.push(worker);
      const at = this.#since(began, time);
      this.#tell({ is: "step", model, task, state, worker: workers.indexOf(worker), at });
    };
    this.#gates.add(gate);
    if (this.#pausedAt !== undefined) await gate.clear();
    this.#tell({ is: "began", model, startMs });
    const settings = { signal, onProgress };
    try {
      if (model === "sync") await executor.submitWith(settings, runInLine, orders, gate);
      else if (model === "async") await executor.submitWith(settings, runAtOnce, orders, gate);
      else {
        await Promise.all(
          orders.map((order) => executor.submitWith(settings, runTask, order, gate)),
        );
      }
      this.#tell({ is: "ended", model, wallMs: this.#since(began, epochTime()) });
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      this.#gates.delete(gate);
    }
  }

  /** How long it is from `began` to `time`, pauses not counted. */
  #since(began: number, time: number): number {
    const pauses = this.#pausedAt === undefined
      ? this.#pauses
      : [...this.#pauses, { from: this.#pausedAt, to: Infinity }];
    const paused = pauses.reduce(
      (total, { from, to }) => total + Math.max(0, Math.min(time, to) - Math.max(began, from)),
      0,
    );
    return Math.max(0, time - began - paused);
  }
}

async function makeGate(model: RaceModel): Promise<Gate> {
  const { Event } = model === "processes"
    ? await import("../../multiprocessing/sync/event.ts")
    : await import("../../threading/sync/event.ts");
  return new Event();
}

async function makeGil() {
  const { Gil } = await import("../../threading/sync/gil.ts");
  return new Gil();
}

/** How often the loop of a task turns in a millisecond on a core of its own: the fastest of a few tries. */
function turnsInMs(): number {
  const turns = 300_000;
  let fastest = Infinity;
  for (let attempt = 0; attempt < 12; attempt++) {
    const began = epochTime();
    turn(turns);
    fastest = Math.min(fastest, epochTime() - began);
  }
  return turns / Math.max(0.01, fastest);
}
