/** A environment in which every call takes exactly as long as it is said to take, and no time passes. */
import { type Clock, installClock, realClock } from "../../../src/core/clock.ts";
import type { ModelName } from "../../../src/compare/mod.ts";
import type { ModelExecutor } from "../../../src/compare/models/load_model.ts";
import type { Environment } from "../../../src/compare/measure/runner.ts";

/** How a model does here. */
export interface FakeModel {
  /** How long each call takes in the first run, the second, …; the last one goes on. Run 0 is the warm-up. */
  readonly taskMs: readonly number[];
  /** How many calls overlap. */
  readonly overlap: number;
  /** How long the executor takes to be there. */
  readonly startMs: number;
  /** CPU time of each call. */
  readonly cpuMs: number;
  /** What its executor holds. */
  readonly bytes: number;
}

/** What happened, in order: `"open sync"`, `"run sync"`, `"close sync"`. */
export type Journal = string[];

class FakeClock implements Clock {
  time = 0;
  now = () => this.time;
  setTimer(fn: () => void) {
    return realClock.setTimer(fn, 0);
  }
}

class FakeExecutor implements ModelExecutor {
  #run = -1;
  #slots: number[];
  #pending = 0;

  constructor(
    readonly name: string,
    readonly model: FakeModel,
    readonly clock: FakeClock,
    readonly spent: { cpuMs: number; bytes: number },
    readonly journal: Journal,
  ) {
    this.#slots = new Array(model.overlap).fill(0);
    spent.bytes += model.bytes;
    journal.push(`open ${name}`);
  }

  ready(): Promise<void> {
    this.clock.time += this.model.startMs;
    return Promise.resolve();
  }

  async submit<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    if (this.#pending++ === 0) {
      this.#run++;
      this.journal.push(`run ${this.name}`);
    }
    const { taskMs, cpuMs } = this.model;
    const slot = this.#slots.indexOf(Math.min(...this.#slots));
    const from = Math.max(this.#slots[slot]!, this.clock.time);
    const end = this.#slots[slot] = from + taskMs[Math.min(this.#run, taskMs.length - 1)]!;
    await Promise.resolve(); // every call of the batch is submitted before time passes
    this.clock.time = Math.max(this.clock.time, end);
    this.spent.cpuMs += cpuMs;
    this.#pending--;
    return await fn(...args);
  }

  broadcast<A extends unknown[], R>(): Promise<readonly Awaited<R>[]> {
    return Promise.resolve([]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.spent.bytes -= this.model.bytes;
    this.journal.push(`close ${this.name}`);
    return Promise.resolve();
  }
}

/**
 * Puts the environment's clock in place until it is disposed.
 *
 * @param noise how long the loop takes that tells of noise, at each reading; the last one goes on.
 */
export function fakeEnvironment(
  models: Partial<Record<ModelName, Partial<FakeModel>>>,
  noise: readonly number[] = [3],
): Environment & Disposable & { readonly journal: Journal } {
  const clock = new FakeClock();
  const before = installClock(clock);
  const spent = { cpuMs: 0, bytes: 50 * 1024 ** 2 };
  const journal: Journal = [];
  let readings = 0;
  return {
    journal,
    loadModel: (name) => {
      const model = { taskMs: [10], overlap: 1, startMs: 0, cpuMs: 10, bytes: 0, ...models[name] };
      return Promise.resolve(() => new FakeExecutor(name, model, clock, spent, journal));
    },
    openMeter: () =>
      Promise.resolve({
        ownTimes: () => ({ cpuMs: spent.cpuMs, coreWaitMs: 0 }),
        workersCpuMs: () => Promise.resolve(0),
        peaks: () => Promise.resolve({ own: spent.bytes, others: 0 }),
        resetPeak: () => Promise.resolve(true),
        residentBytes: () => spent.bytes,
      }),
    openNoiseGauge: () =>
      Promise.resolve({
        read: () => {
          const wallMs = noise[Math.min(readings++, noise.length - 1)]!;
          return Promise.resolve({ wallMs, waitedMs: null });
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    describeMachine: () =>
      Promise.resolve({
        os: "linux",
        arch: "x86_64",
        cpu: "a fast one",
        cores: 2,
        memoryBytes: 8 * 1024 ** 3,
        deno: "2.9.6",
        v8: "15.0",
      }),
    [Symbol.dispose]: () => void installClock(before),
  };
}
