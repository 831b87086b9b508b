/**
 * What a thread may leave behind in its worker, as far as that can be seen from inside.
 *
 *     left behind                          seen by
 *     timers, also those let go of         the platform's three makers of timers, watched from their first use on; that no
 *                                          timer was made without them, as Node's modules can, is seen by its number
 *     files, sockets, servers, requests    the platform's list of resources
 *     operations, workers of its own       the numbers that the platform gives to what is under way
 *     listeners on the global object       what the platform keeps there
 *     permissions given up or asked for    whether it named `Deno.permissions`
 *     other globals, other built-ins       their names and values before and after
 *     hooks of Node's modules              Node's own account, where they are loaded
 *     tasks, waits, threads of ours        `core/parts.ts`
 *
 * A platform that does not let one look counts as one where something was left.
 */
import { setSoon } from "../../core/clock.ts";
import { liveThings, ownListeners } from "../../core/parts.ts";

/** What makes timers and the like; each is looked up when it is first used, since to name it costs milliseconds. */
const TIMER_MAKERS = ["setTimeout", "setInterval", "setImmediate"] as const;

/** Whose properties are compared, beside the global object's. */
const BUILT_INS: readonly object[] = [
  console,
  Math,
  JSON,
  Reflect,
  ...[Object, Array, Promise, Function, Error, Map, Set, String, Number].flatMap((type) => [
    type,
    type.prototype,
  ]),
  Date,
  AbortSignal,
  EventTarget.prototype,
];

/** Those of the module `node:process` by which it is told of an end. */
const NODE_EVENTS = ["beforeExit", "exit", "uncaughtException", "unhandledRejection"];

/** Of the global object this is the name of the thread; of a class it changes nothing. */
const OF_THREAD = "name";

/** At most so many timers are noted before those that are over are forgotten. */
const FEW = 64;

/** At most so many operations are looked through; a thread that did more leaves its worker to nobody. */
const MOST_OPERATIONS = 100_000;

/** A timer of the platform's. */
interface Timer {
  readonly _destroyed?: boolean;
}

/** What the platform tells about itself and documents nowhere: of use to look, of no use to rely on. */
interface Internals {
  readonly core?: {
    resources?(): Record<string, string>;
    /** Makes a timer that keeps nothing alive, and that no test finds. */
    createTimer?(
      fn: () => void,
      delay: number,
      args: undefined,
      repeats: false,
      holds: false,
      isOfSystem: true,
    ): { readonly _timerId?: number };
    cancelTimer?(timer: object): void;
    /** Whether the operation of this number is under way. */
    hasPromise?(operation: number): boolean;
    /** Under which the promise of an operation has its number. */
    readonly promiseIdSymbol?: symbol;
  };
  /** Whether Node's `process` was loaded here. */
  readonly __nodeProcessBootstrapped?: boolean;
}

const platform = Deno as unknown as Record<symbol, Internals | undefined> & { internal: symbol };

/** That; `undefined` where the platform does not tell. */
const internals: Internals | undefined = platform[platform.internal];

/** The kinds of the resources that are open on this thread; `undefined` where the platform does not tell. */
export function openResources(): readonly string[] | undefined {
  const resources = internals?.core?.resources?.();
  return resources === undefined ? undefined : Object.values(resources);
}

/** What a worker was like before its first thread. */
export class Leavings {
  readonly #timers = new Set<Timer>();
  readonly #operations = new Operations();
  readonly #resources = kindsOfResources();
  readonly #properties: readonly (readonly [object, Properties])[];
  #many = FEW;
  /** The number of the latest timer when the last thread ended, and how many were noted since; a new worker has made none. */
  #lastTimer = 0;
  #made = 0;
  #unknown = false;
  #named = false;

  /** Begins to watch; called before anything of the user's runs. */
  constructor() {
    for (const name of TIMER_MAKERS) this.#watchTimers(name);
    this.#watchNaming(Deno, "permissions");
    this.#properties = [globalThis, ...BUILT_INS].map((each) => [each, propertiesOf(each)]);
  }

  /** Lets what is due in the platform's next turn run, as a loop of asyncio has it at its end. */
  async settle(): Promise<void> {
    this.#forgetTimers();
    if (this.#timers.size > 0) await new Promise<void>((resolve) => setSoon(resolve));
  }

  /** Whether something is left that the next thread in this worker could notice; `port` is that of the thread which ends. */
  any(port: MessagePort): boolean {
    const areUnderWay = this.#operations.areUnderWay(port); // both begin to count anew
    const hasTimers = this.#hasTimers();
    return areUnderWay || hasTimers || this.#named || this.#unknown || liveThings().length > 0 ||
      this.#resources === undefined || kindsOfResources() !== this.#resources ||
      hasListeners() || tellsOfEnd() ||
      this.#properties.some(([each, before]) => differs(before, each));
  }

  /** Has what makes timers note each, from when it is first looked up. */
  #watchTimers(name: typeof TIMER_MAKERS[number]): void {
    const look = Object.getOwnPropertyDescriptor(globalThis, name)?.get;
    if (look === undefined) return;
    let watched: unknown;
    this.#define(globalThis, name, () =>
      watched ??= new Proxy(look.call(globalThis), {
        apply: (make, receiver, args) => {
          if (name !== "setImmediate") this.#made++;
          return this.#note(Reflect.apply(make, receiver, args));
        },
      }));
  }

  #note(timer: Timer): Timer {
    if (typeof timer._destroyed !== "boolean") this.#unknown = true;
    else this.#timers.add(timer);
    if (this.#timers.size > this.#many) {
      this.#forgetTimers();
      this.#many = Math.max(FEW, 2 * this.#timers.size);
    }
    return timer;
  }

  /** Whether timers are to come, or some were made that were not noted. */
  #hasTimers(): boolean {
    this.#forgetTimers();
    const last = latestTimer();
    const noted = this.#lastTimer + this.#made + 1;
    this.#lastTimer = last ?? 0;
    this.#made = 0;
    return this.#timers.size > 0 || last !== noted;
  }

  #forgetTimers(): void {
    for (const timer of this.#timers) if (timer._destroyed === true) this.#timers.delete(timer);
  }

  /** To have named it is enough: what was done with it cannot be seen. */
  #watchNaming(owner: object, name: string): void {
    const value = Reflect.get(owner, name);
    this.#define(owner, name, () => {
      this.#named = true;
      return value;
    });
  }

  /** Whoever sets it has changed a global, which is seen as such. */
  #define(owner: object, name: string, get: () => unknown): void {
    Object.defineProperty(owner, name, {
      configurable: true,
      enumerable: Object.getOwnPropertyDescriptor(owner, name)!.enumerable!,
      get,
      set: (value) => {
        Object.defineProperty(owner, name, {
          configurable: true,
          enumerable: true,
          writable: true,
          value,
        });
      },
    });
  }
}

/** The asynchronous operations of the platform, which have numbers that go up. */
class Operations {
  /** The latest when the last thread ended. */
  #since = 0;
  /** How many younger ones are under way in a worker at rest: the wait for its next thread and, new, the lock of its life. */
  #usual = 2;

  /** Whether some are under way that were begun since this was last asked, other than what this library waits for itself. */
  areUnderWay(port: MessagePort): boolean {
    const last = latestOperation();
    const since = this.#since;
    const usual = this.#usual;
    if (last === undefined || last - since > MOST_OPERATIONS) return true;
    this.#since = last;
    this.#usual = 1;
    const own = operationOf(port);
    let found = 0;
    for (let each = since + 1; each < last; each++) {
      if (each !== own && internals!.core!.hasPromise!(each)) found++;
    }
    return found !== usual;
  }
}

/** The number of a timer that is made now; `undefined` where the platform does not tell. */
function latestTimer(): number | undefined {
  const { createTimer, cancelTimer } = internals?.core ?? {};
  if (createTimer === undefined || cancelTimer === undefined) return undefined;
  const timer = createTimer(() => {}, 1, undefined, false, false, true);
  cancelTimer(timer);
  return timer._timerId;
}

/** The number of an operation that begins now; `undefined` where the platform does not tell. */
function latestOperation(): number | undefined {
  if (internals?.core?.hasPromise === undefined) return undefined;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {}; // it listens: that is the operation
  const latest = operationOf(port1);
  port1.close();
  port2.close();
  return latest;
}

/** The number of the operation by which a port listens; `undefined` when it does not, or the platform does not tell. */
function operationOf(port: MessagePort): number | undefined {
  const numbered = internals?.core?.promiseIdSymbol;
  const key = Object.getOwnPropertySymbols(port).find((each) => each.description === "dataPromise");
  if (numbered === undefined || key === undefined) return undefined;
  return (Reflect.get(port, key) as Record<symbol, number> | undefined)?.[numbered];
}

/** The names and, of those that are no accessors, the values of an object's own properties. */
type Properties = ReadonlyMap<PropertyKey, unknown>;

function propertiesOf(object: object): Properties {
  const found = new Map<PropertyKey, unknown>();
  for (const key of Reflect.ownKeys(object)) {
    if (key !== OF_THREAD) found.set(key, propertyOf(object, key));
  }
  return found;
}

function propertyOf(object: object, key: PropertyKey): unknown {
  const { value, get } = Object.getOwnPropertyDescriptor(object, key)!;
  return get ?? value;
}

/** Whether they are others than before; they are not gathered anew for that, which would take twice as long. */
function differs(before: Properties, object: object): boolean {
  let found = 0;
  for (const key of Reflect.ownKeys(object)) {
    if (key === OF_THREAD) continue;
    found++;
    if (!before.has(key) || !Object.is(before.get(key), propertyOf(object, key))) return true;
  }
  return found !== before.size;
}

/** The kinds of resources that are open, in one text; `undefined` where the platform does not tell. */
function kindsOfResources(): string | undefined {
  return openResources()?.toSorted().join();
}

/** Whether listeners hang on the global object that are not this library's; so too where that cannot be seen. */
function hasListeners(): boolean {
  const listeners = listenersHere();
  if (listeners === undefined) return true;
  return Object.entries(listeners).some(([type, each]) =>
    each.length > (ownListeners.get(type) ?? 0)
  );
}

/** What the platform keeps on the global object of who listens there. */
function listenersHere(): Record<string, readonly unknown[]> | undefined {
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    const kept = Reflect.get(globalThis, key) as { listeners?: unknown } | null | undefined;
    if (typeof kept?.listeners !== "object" || kept.listeners === null) continue;
    return kept.listeners as Record<string, readonly unknown[]>;
  }
  return undefined;
}

/** Whether Node's `process`, where it was loaded, tells somebody of an end. */
function tellsOfEnd(): boolean {
  if (internals?.__nodeProcessBootstrapped !== true) return false;
  const { process } = globalThis as unknown as {
    process: { listenerCount(event: string): number };
  };
  return NODE_EVENTS.some((event) => process.listenerCount(event) > 0);
}
