/**
 * A ring with the waiters of this process.
 *
 *     get ──(an item, and nobody waits longer)──▶ the item
 *      └──▶ in line ──(first, and an item is there)──▶ the item, and the next in line is rung
 *             └── timeout, abort, shut and empty, owner gone ──▶ an error, and the next in line is rung
 *     put: the same, with a place for an item
 *
 * Whoever makes an item or a place rings the first in line, and only when there was none before; who is first and finds one takes
 * it, and rings the next if there is more. A death is rung to all, and the dead are passed over. So somebody always looks who can
 * go on.
 */
import { LONGEST_FOR_PROCESS, PatientSpin } from "../../shared/parking/patient_spin.ts";
import { aloneError } from "./alone_error.ts";
import type { Family } from "./family.ts";
import { type Item, lasting } from "./item.ts";
import { retireNow, retireWith } from "./retired_rings.ts";
import type { Ring } from "./ring.ts";
import { putInto } from "./ring_put.ts";
import { type Bounds, endOf, RingWait } from "./ring_wait.ts";

/** The errors with which waits end. */
export interface RingErrors {
  empty(timeout: number | null): unknown;
  full(): unknown;
  /** It is shut, and nothing is left to get; or it may not be put into. */
  shut(action: "get from" | "put into"): unknown;
  gone(): unknown;
}

/** See the head of this file. */
export class RingQueue {
  readonly ring: Ring;
  readonly #family: Family;
  readonly #errors: RingErrors;
  // Sets, as a wait leaves from wherever it stands.
  readonly #getting = new Set<RingWait<Item>>();
  readonly #putting = new Set<RingWait<void>>();
  readonly #watching = new Set<RingWait<void>>();
  /** What each watcher waits for. */
  readonly #isSeen: () => boolean;
  readonly #spin = new PatientSpin(LONGEST_FOR_PROCESS);
  readonly #seemsFilled: () => boolean;

  /** @param isSeen whether those who {@link RingQueue.watch} go on; asked while the latch is held. */
  constructor(family: Family, ring: Ring, errors: RingErrors, isSeen: () => boolean) {
    this.#family = family;
    this.ring = ring;
    this.#errors = errors;
    this.#isSeen = isSeen;
    this.#seemsFilled = () => ring.seemsFilled;
    retireWith(this, ring, family);
  }

  /** Lets go of the ring, which this process does not touch any more. */
  free(): void {
    retireNow(this, this.ring, this.#family);
  }

  /** Puts an item: at once, or with a promise when there is a place. */
  put(item: Item, bounds: Bounds): void | Promise<void> {
    if (this.#tryPut(item, bounds.beside)) return;
    if (bounds.timeout !== null && bounds.timeout <= 0) throw this.#errors.full();
    const wait = new RingWait<void>(this.ring.putters, lasting(item), bounds.beside);
    return this.#begin(wait, this.#putting, bounds, this.#errors.full);
  }

  /** As {@link RingQueue.put}, blocking this thread. */
  putSync(item: Item, timeout: number | null): void {
    if (this.#tryPut(item)) return;
    const wait = new RingWait<void>(this.ring.putters, lasting(item));
    this.#block(wait, this.#putting, timeout, this.#errors.full);
  }

  /** Takes the first item: at once, and good until the next one is taken; or with a promise when one comes, and lasting. */
  get(bounds: Bounds): Item | Promise<Item> {
    const item = this.#tryGet() ?? (this.#mayHoldUp(bounds) ? this.#spinAndGet(true) : null);
    if (item !== null) return item;
    const expired = (): unknown => this.#errors.empty(bounds.timeout);
    if (bounds.timeout !== null && bounds.timeout <= 0) throw expired();
    const wait = new RingWait<Item>(this.ring.getters, null);
    return this.#begin(wait, this.#getting, bounds, expired);
  }

  /** As {@link RingQueue.get}, blocking this thread. */
  getSync(timeout: number | null): Item {
    const item = this.#tryGet() ?? (timeout === 0 ? null : this.#spinAndGet(false));
    if (item !== null) return item;
    const wait = new RingWait<Item>(this.ring.getters, null);
    const expired = (): unknown => this.#errors.empty(timeout);
    return this.#block(wait, this.#getting, timeout, expired);
  }

  /** Waits for what watchers wait for: at once `true`, or a promise; `false` when the timeout passes. */
  watch(bounds: Bounds): boolean | Promise<boolean> {
    if (this.#locked(() => this.#isSeen())) return true;
    if (bounds.timeout !== null && bounds.timeout <= 0) return false;
    return this.#begin(
      new RingWait<void>(this.ring.joiners, null),
      this.#watching,
      bounds,
      () => LATE,
    ).then(() => true, (error) => {
      if (error === LATE) return false;
      throw error;
    });
  }

  /** Has waits that were begun in the background be as others: another process may serve them from now on. */
  attend(): void {
    if (!this.#isIdle) this.#family.bell.wait(this.#look, this.ring.at);
  }

  /** Takes back an item that was got and is not used: it comes out first again. */
  putBack(item: Item): void {
    this.#changing(() => this.ring.putBack(item));
  }

  /** Reports an item done; `false` if all are. */
  finish(): boolean {
    return this.#changing(() => this.ring.finish());
  }

  /** Lets nobody put any more, and returns what is thrown away. */
  shutdown(immediate: boolean): Item[] {
    return this.#changing(() => {
      this.ring.shut();
      return immediate ? [...this.ring.clear()] : [];
    });
  }

  /** Says that nothing more is put. */
  close(): void {
    this.#changing(() => this.ring.close());
  }

  /** Ends the waits of this process for items. */
  failGetters(error: unknown): void {
    this.#fail([this.#getting, this.#watching], error);
  }

  /** Ends the waits of this process for a place. */
  failPutters(error: unknown): void {
    this.#fail([this.#putting], error);
  }

  /** Returns what `look` sees while nothing changes. */
  look<T>(look: (ring: Ring) => T): T {
    return this.#locked(() => look(this.ring));
  }

  #tryPut(item: Item, beside?: () => void): boolean {
    const { ring } = this;
    this.#checkThere();
    ring.acquire();
    let first = 0;
    let watchers: number[] = NOBODY;
    try {
      if (ring.isShut || ring.isAbandoned) throw this.#errors.shut("put into");
      if (!ring.putters.isEmpty || ring.isFullFor(item)) return false;
      const wasEmpty = ring.size === 0;
      if (!putInto(ring, item, beside)) return false;
      if (wasEmpty) {
        first = ring.getters.first;
        if (!ring.joiners.isEmpty) watchers = [...ring.joiners.all()];
      }
    } finally {
      ring.release();
    }
    this.#tell(first);
    for (const each of watchers) this.#tell(each);
    return true;
  }

  #tryGet(): Item | null {
    const { ring } = this;
    this.#checkThere();
    if (this.#getting.size > 0) this.#serve();
    ring.acquire();
    let first = 0;
    let item: Item | null;
    try {
      const { size } = ring;
      if (size === 0) {
        if (ring.isShut || ring.isClosed) throw this.#errors.shut("get from");
        return null;
      }
      if (!ring.getters.isEmpty && size <= ring.getters.count()) return null;
      item = ring.take();
      first = this.#nextPutter();
    } finally {
      ring.release();
    }
    this.#tell(first);
    return item;
  }

  #spinAndGet(holdsUp: boolean): Item | null {
    if (this.#family.isAlone || !this.#spin.until(this.#seemsFilled, holdsUp)) return null;
    return this.#tryGet();
  }

  /** Whether a get may hold up the event loop, which then waits for nothing else of the family. */
  #mayHoldUp({ timeout, background }: Bounds): boolean {
    return timeout !== 0 && background !== true && this.#family.bell.pending === 0;
  }

  /** The putter that can go on, if there is one. One bounded by bytes is told when half of them are free: that is once for many. */
  #nextPutter(): number {
    const { ring } = this;
    return ring.hasRoom ? ring.putters.first : 0;
  }

  /** Changes the ring, and tells everybody in line. */
  #changing<T>(change: () => T): T {
    this.#checkThere();
    let others: number[] = NOBODY;
    const result = this.#locked(() => {
      const value = change();
      const { getters, putters, joiners } = this.ring;
      others = [...new Set([...getters.all(), ...putters.all(), ...joiners.all()])];
      return value;
    });
    for (const each of others) this.#tell(each);
    return result;
  }

  #locked<T>(work: () => T): T {
    this.#checkThere();
    this.ring.acquire();
    try {
      return work();
    } finally {
      this.ring.release();
    }
  }

  #checkThere(): void {
    if (this.ring.isGone) throw this.#errors.gone();
  }

  /** Has a participant look again; this process does so now, so that nobody overtakes its own waiters. */
  #tell(participant: number): void {
    if (participant === 0) return;
    if (participant === this.#family.me) this.#serve();
    else this.#family.bell.ring(participant, this.ring.at);
  }

  #enter<T>(wait: RingWait<T>, waits: Set<RingWait<T>>): void {
    wait.place = this.#locked(() => wait.line.enter());
    waits.add(wait);
    this.#serve(); // something may have changed just before it stood in line
  }

  #begin<T>(
    wait: RingWait<T>,
    waits: Set<RingWait<T>>,
    bounds: Bounds,
    expired: () => unknown,
  ): Promise<T> {
    wait.listen(bounds.leave);
    this.#enter(wait, waits);
    const promise = wait.begin(bounds, expired, (error) => this.#leave(wait, waits, error));
    if (!wait.isOver && bounds.background !== true) {
      this.#family.bell.wait(this.#look, this.ring.at);
    }
    wait.isAsleep = true;
    return promise;
  }

  #block<T>(
    wait: RingWait<T>,
    waits: Set<RingWait<T>>,
    timeout: number | null,
    expired: () => unknown,
  ): T {
    if (timeout !== null && timeout <= 0) throw expired();
    this.#enter(wait, waits);
    const rung = this.#family.bell.waitSync(() => {
      if (!wait.isOver) this.#serve();
      return wait.isOver;
    }, timeout ?? Infinity);
    if (rung !== "ready") this.#leave(wait, waits, rung === "late" ? expired() : aloneError());
    return wait.result();
  }

  /** Ends a wait before it was served. */
  #leave<T>(wait: RingWait<T>, waits: Set<RingWait<T>>, error: unknown): void {
    waits.delete(wait);
    if (!this.ring.isGone) {
      const first = this.#locked(() => {
        if (wait.place !== null) wait.line.leave(wait.place);
        return wait.line.first;
      });
      if (first !== this.#family.me) this.#tell(first);
    }
    if (this.#isIdle) this.#family.bell.leave(this.#look);
    else this.#serve();
    wait.fail(error);
  }

  readonly #look = (): boolean => {
    this.#serve();
    return this.#isIdle;
  };

  get #isIdle(): boolean {
    return this.#getting.size === 0 && this.#putting.size === 0 && this.#watching.size === 0;
  }

  /** Serves those of this process who can go on. */
  #serve(): void {
    if (this.#isIdle) return;
    if (this.ring.isGone) {
      return this.#fail([this.#getting, this.#putting, this.#watching], this.#errors.gone());
    }
    const ended: (() => void)[] = [];
    const told = this.#locked(() => {
      this.#serveGetters(ended);
      this.#servePutters(ended);
      this.#serveGetters(ended); // what was put just now
      this.#serveWatchers(ended);
      const { ring } = this;
      return [
        ring.size > 0 ? ring.getters.first : 0,
        this.#nextPutter(),
        ...(ended.length > 0 ? ring.joiners.all() : NOBODY),
      ];
    });
    const { me, bell } = this.#family;
    for (const each of told) if (each !== 0 && each !== me) bell.ring(each, this.ring.at);
    if (this.#isIdle) bell.leave(this.#look);
    for (const end of ended) end();
  }

  #serveGetters(ended: (() => void)[]): void {
    const { ring } = this;
    for (const wait of this.#getting) {
      wait.place ??= ring.getters.enter();
      if (ring.size > 0) {
        if (wait.place === null || !ring.getters.isFirst(wait.place)) return;
        ring.getters.leave(wait.place);
        this.#spin.slept(wait.since, wait.isAsleep);
        ended.push(endOf(wait, () => lasting(ring.take()!)));
      } else if (ring.isShut || ring.isClosed) {
        if (wait.place !== null) ring.getters.leave(wait.place);
        ended.push(() => wait.fail(this.#errors.shut("get from")));
      } else return;
      this.#getting.delete(wait);
    }
  }

  #servePutters(ended: (() => void)[]): void {
    const { ring } = this;
    for (const wait of this.#putting) {
      wait.place ??= ring.putters.enter();
      if (ring.isShut || ring.isAbandoned) {
        ended.push(() => wait.fail(this.#errors.shut("put into")));
      } else {
        const isFirst = wait.place !== null && ring.putters.isFirst(wait.place);
        if (!isFirst || ring.isFullFor(wait.item!)) return;
        let isPlaced = true;
        const end = endOf(wait, () => {
          isPlaced = putInto(ring, wait.item!, wait.beside);
        });
        if (!isPlaced) return; // still the first
        ended.push(end);
      }
      if (wait.place !== null) ring.putters.leave(wait.place);
      this.#putting.delete(wait);
    }
  }

  #serveWatchers(ended: (() => void)[]): void {
    if (this.#watching.size === 0) return;
    const isSeen = this.#isSeen();
    for (const wait of this.#watching) {
      wait.place ??= this.ring.joiners.enter();
      if (!isSeen) continue;
      this.#watching.delete(wait);
      if (wait.place !== null) this.ring.joiners.leave(wait.place);
      ended.push(() => wait.grant());
    }
  }

  #fail(lists: readonly Waits[], error: unknown): void {
    const failed = lists.flatMap((each) => [...each]);
    if (failed.length === 0) return;
    for (const each of lists) each.clear();
    const { ring } = this;
    if (!ring.isGone) {
      this.#changing(() => {
        for (const { line, place } of failed) if (place !== null) line.leave(place);
      });
    }
    if (this.#isIdle) this.#family.bell.leave(this.#look);
    for (const wait of failed) wait.fail(error);
  }
}

/** Waiters of any kind. */
type Waits = Pick<Set<RingWait<unknown>>, "clear"> & Iterable<Waiter>;
type Waiter = Pick<RingWait<unknown>, "line" | "place" | "fail">;

const NOBODY: number[] = [];
/** With what a watch ends whose timeout has passed. */
const LATE = Symbol("late");
