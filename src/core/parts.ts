/**
 * What each part of the library that is loaded takes care of in the life of a thread, and tells of itself.
 *
 *     what is alive        must be gone when a test ends, and before a thread's worker serves another one
 *     what is spare        is alive only to be used again, and is let go of when nobody needs it
 *     at a thread's end    what it holds is reported, its places in shared memory are given up
 *     before the next      what belonged to the thread before, and not to a module, is forgotten
 *
 * A part that is not loaded has nothing of these, so nothing is loaded for the sake of asking.
 */

/** One thing that is alive. */
export interface LiveThing {
  /** What it is, in one word: `"thread"`, `"zombie"`, `"process"`, `"task"`, `"timer"`, `"park"`. */
  readonly kind: string;
  /** How to tell it from its like: a name, an id, where it was made. */
  readonly name: string;
}

const sources = new Map<string, () => Iterable<string>>();

/** Adds the source that lists the names of what is alive of one kind. */
export function addLiveSource(kind: string, list: () => Iterable<string>): void {
  sources.set(kind, list);
}

/** Everything that is alive now, by the sources there are. */
export function liveThings(): LiveThing[] {
  const things: LiveThing[] = [];
  for (const [kind, list] of sources) {
    for (const name of list()) things.push({ kind, name });
  }
  return things;
}

const ending = new Set<Promise<unknown>>();

/** Notes what nobody needs any more, and what takes the platform a moment to end. */
export function noteEnding(end: Promise<unknown>): void {
  ending.add(end);
  end.finally(() => ending.delete(end));
}

/** Resolves when all that was noted as ending has ended, for those who count what runs. */
export async function allEnded(): Promise<void> {
  while (ending.size > 0) await Promise.all(ending);
}

const spares: (() => void)[] = [];

/** Adds how a part lets go of what it keeps only to use it again. */
export function addSpares(letGo: () => void): void {
  spares.push(letGo);
}

/** Lets go of all that is kept only to be used again: it ends by itself soon. */
export function letGoOfSpares(): void {
  for (const letGo of spares) letGo();
}

/** What a part of this thread does at its end. */
export interface EndHook {
  /** The objects of this part that the thread holds: a waiter for one gets an error. */
  held(): object[];
  /** Gives up what this part has in shared memory; nothing shared is used after. */
  release(): void;
}

const hooks: EndHook[] = [];

/** Has a part take part in the end of this thread. */
export function onThreadEnd(hook: EndHook): void {
  hooks.push(hook);
}

/** The objects that this thread holds. */
export function heldAtEnd(): object[] {
  return hooks.flatMap((hook) => hook.held());
}

/** Gives up all that this thread has in shared memory. */
export function releaseAtEnd(): void {
  for (const hook of hooks) hook.release();
}

const forgetters: (() => void)[] = [];

/**
 * Has `forget` called when a thread has ended whose worker may serve another one: a hook, a loop, a context that
 * belonged to the thread must not be found there.
 */
export function onNextThread(forget: () => void): void {
  forgetters.push(forget);
}

/** Forgets what belonged to the thread that has ended. */
export function forgetThread(): void {
  for (const forget of forgetters) forget();
}

/** How many listeners of this library hang on the global object, by the type of their event. */
export const ownListeners: Map<string, number> = new Map();

/** Listens on the global object for good, as a part of the library and not of a thread. */
export function listenGlobally(type: string, listener: (event: Event) => void): void {
  ownListeners.set(type, (ownListeners.get(type) ?? 0) + 1);
  globalThis.addEventListener(type, listener as EventListener);
}
