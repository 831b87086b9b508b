/** What a fuzz of waits needs for each primitive: ways to wait, bodies of tasks, and how to count in the end. */
import { assert, assertEquals } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";

/** Chooses a number below another. */
export type Pick = (below: number) => number;
/** A value, or a promise of it. */
export type MaybeLater<T> = T | PromiseLike<T>;
/** The options of a wait. */
export type Options = { timeout?: number; signal?: AbortSignal };
/** Begins a wait. */
export type Begin<T> = (options?: Options) => PromiseLike<T>;

/** What an attempt gives that has got nothing. */
export const NOTHING = Symbol("nothing");
/** Its type. */
export type Nothing = typeof NOTHING;

/** What a signal of the fuzz aborts with. */
export class Aborted extends Error {}

/** A signal that aborts soon. */
export function signalSoon(pick: Pick): AbortSignal {
  const controller = new AbortController();
  aio.getRunningLoop().callLater(pick(4), () => controller.abort(new Aborted()));
  return controller.signal;
}

/** The errors by which a bounded wait says that it has done nothing. */
export function isNothing(error: unknown): boolean {
  return error instanceof Aborted || error instanceof aio.TimeoutError ||
    error instanceof aio.EmptyError || error instanceof aio.FullError;
}

/** One wait, in one of the ways in which one can wait; `takes` for one whose value can go back. */
function way<T>(pick: Pick, begin: Begin<T>, takes: boolean): PromiseLike<T | Nothing> {
  switch (pick(takes ? 9 : 7)) {
    case 0:
      return begin();
    case 1:
      return begin({ timeout: pick(4) });
    case 2:
      return begin({ signal: signalSoon(pick) });
    case 3:
      return aio.waitFor(begin(), pick(4));
    case 4:
      return aio.createTask(begin());
    case 5:
      return aio.waitFor(aio.waitFor(begin(), pick(5)), pick(5));
    case 6:
      return aio.timeout(1 + pick(4), async () => await begin());
    case 7:
      return aio.race<T | Nothing>(begin(), aio.sleep(pick(4), NOTHING as Nothing));
    default:
      return aio.createTask(async () => (await aio.gather(begin(), aio.sleep(pick(3))))[0] as T);
  }
}

/** The same in an async function. */
export async function attempt<T>(
  pick: Pick,
  begin: Begin<T>,
  takes: boolean,
): Promise<T | Nothing> {
  try {
    return await way(pick, begin, takes);
  } catch (error) {
    if (isNothing(error)) return NOTHING;
    throw error;
  }
}

/** A body for a task: an async function or a generator, that begins a wait and notes what it got. */
export function body<T>(
  pick: Pick,
  begin: Begin<T>,
  takes: boolean,
  got: (value: T) => void | PromiseLike<unknown>,
): () => PromiseLike<unknown> | Generator<unknown, unknown, unknown> {
  if (pick(3) > 0) {
    return async () => {
      let value: T | Nothing;
      try {
        value = await way(pick, begin, takes && pick(2) === 0);
      } catch (error) {
        if (isNothing(error)) return;
        throw error;
      }
      if (value !== NOTHING && value !== null) await got(value as T);
    };
  }
  return function* () {
    let value: T | null;
    try {
      const how = pick(5);
      const wait = how === 0
        ? begin()
        : how === 1
        ? begin({ timeout: pick(4) })
        : how === 2
        ? begin({ signal: signalSoon(pick) })
        : how === 3
        ? aio.waitFor(begin(), pick(4))
        : aio.createTask(begin());
      // A bare promise is yielded, as those of threads and processes are.
      value = (Symbol.iterator in wait ? yield* wait as aio.Eventual<T> : yield wait) as T;
    } catch (error) {
      if (isNothing(error)) return;
      throw error;
    }
    if (value === null) return;
    const more = got(value);
    if (more !== undefined) yield more;
  };
}

/** One primitive under the fuzz. */
export interface Subject {
  readonly name: string;
  /** Bodies of tasks to choose from. */
  readonly jobs: (() => () => PromiseLike<unknown> | Generator<unknown, unknown, unknown>)[];
  /** Called when nothing moves any more, before what still waits is cancelled. */
  still?(): MaybeLater<void>;
  /** Counts, when all has ended. */
  end(): MaybeLater<void>;
}

/** So many at a time, with guards. */
export function guarded(
  pick: Pick,
  name: string,
  most: number,
  acquire: Begin<Disposable | null>,
  free: () => MaybeLater<number>,
  waiting: () => MaybeLater<number>,
): Subject {
  let inside = 0;
  const use = (guard: Disposable | null): aio.Future<void> | undefined => {
    assert(++inside <= most, `${name}: ${inside} inside`);
    const nap = aio.sleep(pick(3));
    nap.addDoneCallback(() => {
      inside--;
      guard?.[Symbol.dispose]();
    });
    return nap;
  };
  return {
    name,
    jobs: [() => body(pick, acquire, true, use)],
    async still() {
      const [lined, left] = [await waiting(), await free()];
      assert(lined === 0 || left === 0, `${name}: one waits for what is free`);
    },
    async end() {
      assertEquals([inside, await free(), await waiting()], [0, most, 0], name);
    },
  };
}

/** What hands items over. */
export interface Items {
  put: (item: number) => Begin<unknown>;
  get: Begin<number>;
  tryGet: () => MaybeLater<number | undefined>;
  waiting: () => MaybeLater<[getting: number, putting: number]>;
  size: () => MaybeLater<number>;
}

/** What hands items over. */
export function handing(pick: Pick, name: string, items: Items): Subject {
  const put: number[] = [], got: number[] = [];
  let next = 0;
  const left: number[] = [];
  const drain = async (): Promise<void> => {
    for (let item = await items.tryGet(); item !== undefined; item = await items.tryGet()) {
      left.push(item);
    }
  };
  return {
    name,
    jobs: [
      () => {
        const item = next++;
        return body(pick, items.put(item), false, () => void put.push(item));
      },
      () => body(pick, items.get, true, (item) => void got.push(item)),
    ],
    async still() {
      const [getting] = await items.waiting();
      assert(
        getting === 0 || await items.size() === 0,
        `${name}: one waits for an item that is there`,
      );
    },
    async end() {
      assertEquals(await items.waiting(), [0, 0], name);
      await drain();
      const all = [...got, ...left];
      assertEquals(all.toSorted((a, b) => a - b), put.toSorted((a, b) => a - b), name);
    },
  };
}

/** What only the task that took it gives back, one at a time. */
export function owning(
  pick: Pick,
  name: string,
  acquire: Begin<Disposable | null>,
  free: () => MaybeLater<number>,
  waiting: () => MaybeLater<number>,
): Subject {
  const { still } = guarded(pick, name, 1, acquire, free, waiting);
  let inside = 0;
  const job = async (): Promise<void> => {
    let guard: Disposable | null;
    try {
      const how = pick(4);
      guard = await (how === 0
        ? acquire()
        : how === 1
        ? acquire({ timeout: pick(4) })
        : how === 2
        ? acquire({ signal: signalSoon(pick) })
        : aio.waitFor(acquire(), pick(4)));
    } catch (error) {
      if (isNothing(error)) return;
      throw error;
    }
    if (guard === null) return;
    try {
      assert(++inside === 1, `${name}: ${inside} inside`);
      await aio.sleep(pick(3));
    } finally {
      inside--;
      guard[Symbol.dispose]();
    }
  };
  return {
    name,
    jobs: [() => job],
    still: still!,
    async end() {
      assertEquals([inside, await free(), await waiting()], [0, 1, 0], name);
    },
  };
}

/** A condition of any module. */
export interface Notified {
  acquire: Begin<(Disposable & Partial<AsyncDisposable>) | null>;
  wait: Begin<boolean>;
  notify: () => MaybeLater<void>;
  waiting: () => MaybeLater<number>;
}

/** Tokens that a condition protects. */
export function tokensUnder(pick: Pick, name: string, condition: Notified): Subject {
  let tokens = 0, taken = 0, made = 0, inside = 0;
  const under = async (
    held: Disposable & Partial<AsyncDisposable>,
    work: () => Promise<void>,
  ): Promise<void> => {
    try {
      inside++;
      await work();
    } finally {
      inside--;
      if (held[Symbol.asyncDispose] === undefined) held[Symbol.dispose]();
      else await held[Symbol.asyncDispose]!();
    }
  };
  return {
    name,
    jobs: [
      () => async () => {
        const held = await condition.acquire(pick(3) === 0 ? { timeout: pick(4) } : undefined);
        if (held === null) return;
        await under(held, async () => {
          while (tokens === 0) {
            inside--;
            let notified: boolean | Nothing;
            try {
              // Only waits that end with the lock held by this task.
              notified = await attempt(
                (below) => below > 5 ? pick(4) : pick(below),
                condition.wait,
                false,
              );
            } finally {
              assert(++inside === 1, `${name}: goes on without the lock`);
            }
            if (notified !== true) return;
          }
          tokens--;
          taken++;
        });
      },
      () => async () => {
        const held = await condition.acquire();
        await under(held!, async () => {
          if (pick(2) === 0) await aio.sleep(pick(2));
          tokens++;
          made++;
          await condition.notify();
        });
      },
    ],
    async still() {
      assert(tokens === 0 || await condition.waiting() === 0, `${name}: a notification is lost`);
    },
    async end() {
      assertEquals([await condition.waiting(), inside, taken + tokens], [0, 0, made], name);
    },
  };
}
