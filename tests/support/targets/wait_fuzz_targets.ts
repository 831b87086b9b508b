/** What the threads of the fuzz over every wait run. */
import {
  type Barrier,
  BrokenBarrierError,
  type Condition,
  type Event,
  type Lock,
  portable,
  type RLock,
  type RWLock,
  type Semaphore,
  type SharedArray,
  StoppedError,
} from "../../../src/threading/mod.ts";
import { TimeoutError, waitFor } from "../../../src/asyncio/mod.ts";
import { EmptyError, FullError, type Queue } from "../../../src/queue/mod.ts";

/** Numbers that all threads count in; the first ones say how many are inside. */
export const COUNT = {
  lock: 0,
  fairLock: 1,
  rlock: 2,
  semaphore: 3,
  fairSemaphore: 4,
  readers: 5,
  writers: 6,
  /** Tokens that the condition protects, and how many were added and taken. */
  tokens: 7,
  added: 8,
  taken: 9,
  /** Items put and got, and the sums of them. */
  put: 10,
  putSum: 11,
  got: 12,
  gotSum: 13,
  /** What was done: steps, waits that were given up, passes of the barrier. */
  steps: 14,
  givenUp: 15,
  passes: 16,
  size: 17,
} as const;

/** What they wait for. */
export interface Waitables {
  readonly lock: Lock;
  readonly fairLock: Lock;
  readonly rlock: RLock;
  readonly semaphore: Semaphore;
  readonly fairSemaphore: Semaphore;
  readonly condition: Condition;
  readonly event: Event;
  readonly barrier: Barrier;
  readonly rwlock: RWLock;
  readonly queues: readonly Queue<number>[];
  readonly counts: SharedArray<"f64">;
}

/** Thrown by what must not happen. */
class Lost extends Error {}

export const fuzz = portable(import.meta, {
  /** Waits in every way for everything, by chance; returns how many steps it made before it was stopped. */
  async wander(things: Waitables, seed: number, steps: number): Promise<number> {
    const wanderer = new Wanderer(things, seed);
    for (let step = 0; step < steps; step++) {
      try {
        await wanderer.step(step);
      } catch (error) {
        if (error instanceof StoppedError) return step;
        throw error;
      }
      things.counts.add(COUNT.steps, 1);
    }
    return steps;
  },
});

/** One thread's way through the waits. */
class Wanderer {
  #random: number;
  readonly #seed: number;
  readonly #t: Waitables;

  constructor(things: Waitables, seed: number) {
    this.#t = things;
    this.#seed = seed;
    this.#random = seed % 2147483646 + 1;
  }

  async step(step: number): Promise<void> {
    const t = this.#t;
    switch (this.#next(9)) {
      case 0:
        return await this.#inside(t.lock, COUNT.lock, 1);
      case 1:
        return await this.#inside(t.fairLock, COUNT.fairLock, 1);
      case 2:
        return await this.#inside(t.rlock, COUNT.rlock, 1);
      case 3:
        return await this.#inside(t.semaphore, COUNT.semaphore, 2);
      case 4:
        return await this.#inside(t.fairSemaphore, COUNT.fairSemaphore, 2);
      case 5:
        return await this.#readOrWrite();
      case 6:
        return await this.#token();
      case 7:
        return await this.#meet();
      default:
        return await this.#item(step);
    }
  }

  /** Takes it in some way; whoever got it is one of at most `most` inside. */
  async #inside(what: Lock | RLock | Semaphore, count: number, most: number): Promise<void> {
    const guard = await this.#given(
      (options) => what.acquire(options),
      (timeout) => what.acquireSync({ timeout }),
      () => what.tryAcquire(),
    );
    if (guard === null) return;
    try {
      this.#enter(count, most);
      if (this.#next(8) === 0) await Promise.resolve();
      this.#t.counts.add(count, -1);
    } finally {
      guard[Symbol.dispose]();
    }
  }

  async #readOrWrite(): Promise<void> {
    const { rwlock, counts } = this.#t;
    const writes = this.#next(3) === 0;
    const guard = writes
      ? await this.#given(
        (options) => rwlock.acquireWrite(options),
        (timeout) => rwlock.acquireWriteSync({ timeout }),
        () => rwlock.tryAcquireWrite(),
      )
      : await this.#given(
        (options) => rwlock.acquireRead(options),
        (timeout) => rwlock.acquireReadSync({ timeout }),
        () => rwlock.tryAcquireRead(),
      );
    if (guard === null) return;
    try {
      this.#enter(writes ? COUNT.writers : COUNT.readers, writes ? 1 : Infinity);
      const others = counts.get(writes ? COUNT.readers : COUNT.writers);
      if (others !== 0) throw new Lost(`${others} read and write at a time`);
      counts.add(writes ? COUNT.writers : COUNT.readers, -1);
    } finally {
      guard[Symbol.dispose]();
    }
  }

  /** Adds a token and notifies one, or waits for a token and takes it. */
  async #token(): Promise<void> {
    const { condition, counts } = this.#t;
    using held = await condition.acquire({ timeout: 50 });
    if (held === null) return;
    if (this.#next(2) === 0) {
      counts.add(COUNT.tokens, 1);
      counts.add(COUNT.added, 1);
      condition.notify();
      return;
    }
    const there = (): boolean => counts.get(COUNT.tokens) > 0;
    try {
      const got = this.#next(2) === 0
        ? condition.waitForSync(there, { timeout: this.#next(4) })
        : await this.#aborting((signal) =>
          condition.waitFor(there, { timeout: this.#next(4), signal })
        );
      if (!got) return this.#giveUp();
    } catch (error) {
      if (error instanceof StoppedError && there()) condition.notify(); // the token is another's
      throw error;
    }
    if (counts.add(COUNT.tokens, -1) < 1) throw new Lost("a token that was not there");
    counts.add(COUNT.taken, 1);
  }

  /** Meets others at the barrier, or waits for the event. */
  async #meet(): Promise<void> {
    const { barrier, event, counts } = this.#t;
    const timeout = this.#next(3);
    if (this.#next(2) === 0) {
      if (this.#next(3) === 0) this.#next(2) === 0 ? event.set() : event.clear();
      else if (this.#next(2) === 0) event.waitSync({ timeout });
      else await this.#aborting((signal) => event.wait({ timeout, signal }));
      return;
    }
    try {
      if (this.#next(2) === 0) barrier.waitSync({ timeout });
      else await this.#aborting((signal) => barrier.wait({ timeout, signal }));
      counts.add(COUNT.passes, 1);
    } catch (error) {
      if (!(error instanceof BrokenBarrierError)) throw error;
      this.#giveUp();
      barrier.reset();
    }
  }

  async #item(step: number): Promise<void> {
    const { queues, counts } = this.#t;
    const queue = queues[this.#next(queues.length)]!;
    const item = (this.#seed % 1000) * 10_000 + step;
    try {
      if (this.#next(2) === 0) {
        if (!(await this.#put(queue, item))) return this.#giveUp();
        counts.add(COUNT.put, 1);
        counts.add(COUNT.putSum, item);
      } else {
        const got = await this.#get(queue);
        if (got === undefined) return this.#giveUp();
        counts.add(COUNT.got, 1);
        counts.add(COUNT.gotSum, got);
      }
    } catch (error) {
      if (!(error instanceof FullError || error instanceof EmptyError)) throw error;
      this.#giveUp();
    }
  }

  async #put(queue: Queue<number>, item: number): Promise<boolean> {
    const timeout = this.#next(3);
    const how = this.#next(3);
    if (how === 0) return queue.tryPut(item);
    if (how === 1) queue.putSync(item, { timeout });
    else return await this.#aborting((signal) => queue.put(item, { timeout, signal })) !== null;
    return true;
  }

  async #get(queue: Queue<number>): Promise<number | undefined> {
    const timeout = this.#next(3);
    const how = this.#next(3);
    if (how === 0) return queue.tryGet();
    if (how === 1) return queue.getSync({ timeout });
    return await this.#aborting((signal) => queue.get({ timeout, signal })) ?? undefined;
  }

  /** A guard, got in one of the ways to wait; `null` if the wait was given up. */
  async #given<G>(
    later: (options: { timeout?: number; signal: AbortSignal }) => Promise<G | null>,
    blocking: (timeout: number) => G | null,
    now: () => G | null,
  ): Promise<G | null> {
    const how = this.#next(4);
    const guard = how === 0
      ? now()
      : how === 1
      ? blocking(this.#next(3))
      : await this.#aborting((signal) =>
        later(how === 2 ? { signal, timeout: this.#next(3) } : { signal, timeout: 100 })
      );
    if (guard === null) this.#giveUp();
    return guard;
  }

  /** Waits with a signal that aborts at once, in the next turn, soon, or never; `null` if it won. */
  async #aborting<R>(wait: (signal: AbortSignal) => Promise<R>): Promise<R | null> {
    const controller = new AbortController();
    const reason = new Error("given up");
    const when = this.#next(6);
    const waiting = wait(controller.signal);
    if (when === 3) return await this.#withdrawing(waiting);
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (when === 0) controller.abort(reason);
    else if (when === 1) queueMicrotask(() => controller.abort(reason));
    else if (when === 2) timer = setTimeout(() => controller.abort(reason), this.#next(2));
    try {
      return await waiting;
    } catch (error) {
      if (error !== reason) throw error;
      this.#giveUp();
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Has the wait taken over by what withdraws it soon; `null` if it did. */
  async #withdrawing<R>(waiting: Promise<R>): Promise<R | null> {
    try {
      return await waitFor(waiting, this.#next(3));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      this.#giveUp();
      return null;
    }
  }

  #enter(count: number, most: number): void {
    const inside = this.#t.counts.add(count, 1) + 1;
    if (inside > most) throw new Lost(`${inside} inside where ${most} may be: ${count}`);
  }

  #giveUp(): void {
    this.#t.counts.add(COUNT.givenUp, 1);
  }

  #next(n: number): number {
    this.#random = (this.#random * 48271) % 2147483647;
    return this.#random % n;
  }
}
