import { AsyncLocalStorage } from "node:async_hooks";
import type { Work } from "../current.ts";

/** How the work that runs is found by the flow of control: through calls, promises and awaits. */
export interface WorkFlow {
  /** The work that the flow of control belongs to, if any. */
  get(): Work | undefined;
  /** Runs `fn` as `work`, through all that it awaits; `undefined`: as nobody's. */
  run<A extends unknown[], T>(work: Work | undefined, fn: (...args: A) => T, ...args: A): T;
}

const { run, enterWith } = AsyncLocalStorage.prototype;

/** A storage of this package's own, which does not count as one that the program uses. */
export function ownStorage<T>(): AsyncLocalStorage<T> {
  return Object.assign(new AsyncLocalStorage<T>(), { run, enterWith });
}

/**
 * The flow in an `AsyncLocalStorage`, which is what everybody may use.
 *
 * Each `run()` there makes an object with all that flows, and an entry in a weak map: 500 ns and 400 bytes, as much as the
 * rest of a task (measured on Deno 2.9; the weak map makes the collector slow as well).
 */
export function storedFlow(): WorkFlow {
  const storage = ownStorage<Work | undefined>();
  return {
    get: () => storage.getStore(),
    run: (work, fn, ...args) => storage.run(work, fn, ...args),
  };
}

/** The one value of the engine that each promise keeps for its reactions; an `AsyncLocalStorage` keeps its own there, too. */
export interface ContextSlot {
  /** What flows here: one property for each storage. */
  get(): object | undefined;
  /** Has something else flow from here on. */
  set(context: object | undefined): void;
}

/** What belongs to the work, among what flows. */
const WORK = Symbol("work");

/** What flows where nothing but work does. Whatever is added to what flows takes over the properties that are there. */
class Frame {
  declare readonly [WORK]: Work;

  constructor(work: Work) {
    (this as { [WORK]: Work })[WORK] = work;
  }
}

/** The flow in the engine's own slot: 10 ns and 32 bytes. */
export function slottedFlow(slot: ContextSlot): WorkFlow {
  const { get, set } = slot;
  return {
    get: () => (get() as Frame | undefined)?.[WORK],
    run(work, fn, ...args) {
      const before = get();
      set(within(before, work));
      try {
        return fn(...args);
      } finally {
        set(before);
      }
    },
  };
}

/** What flows in work that is begun where `before` does. */
function within(before: object | undefined, work: Work | undefined): object | undefined {
  if (before !== undefined && !(before instanceof Frame)) {
    return { __proto__: null, ...before, [WORK]: work };
  }
  return work === undefined ? undefined : new Frame(work);
}

/**
 * The engine's slot, as the platform keeps it for its own `AsyncLocalStorage`; `null` where it is not found.
 *
 * That is no public part of the platform, so nothing rests on it: see {@link holdsStores}.
 */
export function contextSlot(): ContextSlot | null {
  const { internal } = Deno as unknown as { readonly internal?: symbol };
  if (internal === undefined) return null;
  const parts = Reflect.get(Deno, internal) as { readonly core?: Record<string, unknown> };
  const { getAsyncContext: get, setAsyncContext: set } = parts?.core ?? {};
  return typeof get === "function" && typeof set === "function"
    ? { get, set } as ContextSlot
    : null;
}

/**
 * Whether `slot` is where storages keep what they keep, so that it flows as that does, and neither loses what the other
 * keeps there, whichever is around the other.
 */
export function holdsStores(slot: ContextSlot): boolean {
  const storage = ownStorage<number>();
  const flow = slottedFlow(slot);
  const work = {} as Work;
  const outside = slot.get();
  const stored = (): boolean => {
    const context = slot.get();
    slot.set(undefined);
    const gone = storage.getStore() === undefined;
    slot.set(context);
    return gone && storage.getStore() === 1;
  };
  const both = (): boolean => flow.get() === work && storage.getStore() === 1;
  const nobodys = (): boolean => flow.get() === undefined && storage.getStore() === 1;
  return storage.run(1, stored) &&
    flow.run(work, () => storage.run(1, both) && flow.get() === work) &&
    storage.run(
      1,
      () => flow.run(work, () => both() && flow.run(undefined, nobodys)) && stored(),
    ) &&
    slot.get() === outside;
}

const slot = contextSlot();

/** The flow of this thread's work. */
export const workFlow: WorkFlow = slot !== null && holdsStores(slot)
  ? slottedFlow(slot)
  : storedFlow();
