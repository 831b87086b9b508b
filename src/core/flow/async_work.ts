import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { addWorkSource, type Work } from "../current.ts";
import { type CallerContext, setFlowCapture } from "../inheritance.ts";
import { workFlow } from "./work_flow.ts";

/**
 * Work that interleaves with other work on one thread, found by following the flow of control, and what else flows:
 * the `AsyncLocalStorage`s of the program, which calls find as whoever asked for them had them.
 *
 * Loaded only by what needs it: the import costs a starting thread some milliseconds.
 */

const { run, enterWith } = AsyncLocalStorage.prototype;

/** What flowed when this was loaded: nobody's. */
const root = new AsyncResource("quartet");

addWorkSource(workFlow.get);

/** Runs `fn` as `work`, through all that it awaits. */
export function runAs<A extends unknown[], T>(work: Work, fn: (...args: A) => T, ...args: A): T {
  return workFlow.run(work, fn, ...args);
}

/** Runs `fn` as nobody's work and in nobody's context, whoever it was that asked for it. */
export function runAsNobody(fn: () => void): void {
  if (used) root.runInAsyncScope(fn);
  // What runs as nobody's already, as a pass that was asked for in the pass before, needs no flow of its own: that is dear.
  else if (workFlow.get() === undefined) fn();
  else workFlow.run(undefined, fn);
}

const epochs = new AsyncLocalStorage<number>();

/** Runs `fn`, through all that it awaits, so that {@link epochOfFlow} returns `epoch`. */
export function runInEpoch<T>(epoch: number, fn: () => T): T {
  return epochs.run(epoch, fn);
}

/** The epoch in which the flow of control runs, if any: tasks inside of a job are in that of the job. */
export function epochOfFlow(): number | undefined {
  return epochs.getStore();
}

/** The work that the flow of control belongs to, if any. */
export function workOfFlow(): Work | undefined {
  return workFlow.get();
}

/** What flows at one moment, as nobody's work. */
class Flow implements CallerContext {
  readonly #resource: AsyncResource = workFlow.run(undefined, () => new AsyncResource("quartet"));

  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    return this.#resource.runInAsyncScope(fn, undefined, ...args);
  }
}

let used = false;
let enters = false;

/** What flows after a step of work that began in `before`: the same, unless the program calls `enterWith`. */
export function flowAfterStep(before: CallerContext): CallerContext {
  return enters ? new Flow() : before;
}

/**
 * Notes the first time that the program lets something flow in an `AsyncLocalStorage`.
 *
 * To take what flows costs as much as half a task (0.4 µs and an entry in a registry), and the platform does not
 * tell whether there is anything to take. So the two methods that begin a flow are replaced until one of them is
 * called. A storage that was entered before this module was loaded is missed.
 */
function watchFirstUse(): void {
  const platform = AsyncLocalStorage.prototype;
  const noticed = (entered: boolean): void => {
    if (!used) {
      used = true;
      setFlowCapture(() => new Flow());
    }
    enters ||= entered;
    if (platform.run === watchedRun) platform.run = run;
    if (enters && platform.enterWith === watchedEnter) platform.enterWith = enterWith;
  };
  const watchedRun = function (this: AsyncLocalStorage<unknown>, ...args: unknown[]): unknown {
    noticed(false);
    return Reflect.apply(run, this, args);
  } as typeof run;
  const watchedEnter = function (this: AsyncLocalStorage<unknown>, store: unknown): void {
    noticed(true);
    enterWith.call(this, store);
  } as typeof enterWith;
  platform.run = watchedRun;
  platform.enterWith = watchedEnter;
}

watchFirstUse();
