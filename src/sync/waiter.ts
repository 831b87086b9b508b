import { WaitList, WaitNode } from "../core/collections/wait_list.ts";

/** What grants: the primitive that a {@link Waiter} waits for. */
export interface Granter<T> {
  /** Returns what a wait gives when its timeout has passed, or throws. */
  expired(): T;
  /** Called when the caller takes what was granted. */
  taken?(value: T): void;
  /**
   * Called with a grant that the caller does not take, or gives back after all; serves the next.
   *
   * @param waiter the waiter that was granted it; `null` when nobody had to wait for it.
   */
  returned?(value: T, waiter: Waiter<T> | null): void;
  /** Whether a grant is a deed that is done and cannot be given back: a withdrawal then comes too late. */
  readonly stands?: boolean;
  /** Called when a waiter leaves by itself: the wait then ends when the granter calls `release()`, now or later. */
  left?(waiter: Waiter<T>): void;
}

/** How a wait has ended, or is to end; `"waiting"` before. */
export type WaiterState = "waiting" | "granted" | "expired" | "failed" | "withdrawn" | "vanished";

/** Who has the waiter: the primitive's line or nobody, the granter that detains it, or the caller, which knows the end. */
export type WaiterPhase = "open" | "detained" | "over";

/**
 * One caller that waits for a primitive: its place in the primitive's list, and how its wait ends.
 *
 *     waiting ──grant──▶ granted ──(its turn)──▶ over: taken
 *        │                  └──withdraw──▶ withdrawn: given back ──(its turn)──▶ over
 *        ├──expire──▶ expired, ├──fail, abandon──▶ failed ──(its turn)──▶ over
 *        ├──withdraw──▶ withdrawn ──(its turn)──▶ over
 *        └──vanish────▶ vanished ──(its turn)──▶ over; also from granted: given back
 *
 * - A grant is not taken before the caller's turn. A caller that goes away in between gives it back, and the
 *   primitive serves the next: no wake-up, permit or item is lost. Where the grant is a deed that is done (an item
 *   that was put), the withdrawal comes too late and the wait succeeds.
 * - A granter may *detain* a waiter that leaves: a condition ends a wait only when its lock is held again.
 * - A caller that *vanishes*, as a process that is killed, gets nothing and is detained by nobody.
 * - How the caller is woken is the affair of whoever extends this: a task of an event loop, a greenlet, a process at
 *   the other end of a connection.
 */
export abstract class Waiter<T, B = unknown> extends WaitNode<Waiter<T, B>> {
  /** What it waits for. */
  readonly granter: Granter<T>;
  /** What the caller brings along: the item to put, or the identity that is to hold. */
  readonly brought: B;
  /** How the wait has ended, or is to end while it is detained. */
  state: WaiterState = "waiting";
  /** What was granted, the error, or the reason of the withdrawal. */
  outcome: unknown = undefined;
  /** Whether the granter ends the wait later, and whether the caller knows the end. */
  phase: WaiterPhase = "open";
  /**
   * What its primitive notes with it: a channel the end that the caller has used, which fails its waiters when it is
   * closed; a condition what stands in the line of the lock on its behalf.
   */
  note: unknown = null;

  /** Makes a waiter that is in no list yet. */
  constructor(granter: Granter<T>, brought: B) {
    super();
    this.granter = granter;
    this.brought = brought;
  }

  /** Whether the primitive still has to serve it. */
  get waiting(): boolean {
    return this.state === "waiting" || this.phase === "detained";
  }

  /** Serves it, once it is out of its list. */
  grant(value: T): void {
    Waiter.#end(this, "granted", value);
  }

  /** Ends the wait with an error, once it is out of its list. */
  fail(error: unknown): void {
    Waiter.#end(this, "failed", error);
  }

  /** Its timeout has passed. */
  expire(): void {
    if (this.state !== "waiting") return;
    let value: T;
    try {
      value = this.granter.expired();
    } catch (error) {
      return Waiter.#leave(this, "failed", error);
    }
    Waiter.#leave(this, "expired", value);
  }

  /** The caller gives up with `error`, as by an aborted signal. */
  abandon(error: unknown): void {
    if (this.state === "waiting") Waiter.#leave(this, "failed", error);
  }

  /**
   * The caller goes away.
   *
   * @returns whether the wait ends as withdrawn; `false` if it has ended otherwise.
   */
  withdraw(reason?: unknown): boolean {
    if (this.state === "waiting") {
      Waiter.#leave(this, "withdrawn", reason);
      return true;
    }
    const { state, outcome, phase } = this;
    if (phase === "over") return false;
    if (phase === "open" && (state !== "granted" || this.granter.stands === true)) return false;
    this.state = "withdrawn";
    this.outcome = reason;
    if (state === "granted") this.granter.returned?.(outcome as T, this);
    return true;
  }

  /** The caller is no more: it gets nothing, and what it was granted and has not taken goes to the next. */
  vanish(reason: unknown): void {
    const { state, outcome, phase } = this;
    if (phase === "over") return;
    if (state === "waiting") return Waiter.#leave(this, "vanished", reason);
    if (state === "granted" && this.granter.stands === true) return;
    this.state = "vanished";
    this.outcome = reason;
    if (state === "granted") this.granter.returned?.(outcome as T, this);
    if (phase === "detained" || this.note !== null) this.granter.left?.(this);
  }

  /** Keeps a waiter that is out of its list until {@link release}; then it is granted `value`. */
  detain(value: T): void {
    this.state = "granted";
    this.outcome = value;
    this.phase = "detained";
  }

  /** Ends the wait of a detained waiter. */
  release(): void {
    this.phase = "open";
    this.wake();
  }

  /** The caller's turn: returns how the wait has ended, and has the granter know of what is taken. */
  conclude(): WaiterState {
    this.phase = "over";
    if (this.state === "granted") this.granter.taken?.(this.outcome as T);
    return this.state;
  }

  /** Tells the caller that the wait has ended; its turn may come later. */
  protected abstract wake(): void;

  // Private methods of the instance would cost each waiter a field.

  static #end(waiter: Waiter<unknown>, state: WaiterState, outcome: unknown): void {
    waiter.state = state;
    waiter.outcome = outcome;
    waiter.wake();
  }

  static #leave(waiter: Waiter<unknown>, state: WaiterState, outcome: unknown): void {
    waiter.list?.remove(waiter);
    const { granter } = waiter;
    if (granter.left === undefined) return Waiter.#end(waiter, state, outcome);
    waiter.state = state;
    waiter.outcome = outcome;
    waiter.phase = "detained";
    granter.left(waiter);
  }
}

/** Waiters in the order of coming; each can leave at once. */
export class WaiterList<T, B = unknown> extends WaitList<Waiter<T, B>> {
  /** The waiters of each note: made when those of one are to fail, and kept while anybody waits. */
  #byNote: Map<unknown, Set<Waiter<T, B>>> | null = null;

  override push(waiter: Waiter<T, B>): void {
    super.push(waiter);
    if (this.#byNote !== null) enter(this.#byNote, waiter);
  }

  override remove(waiter: Waiter<T, B>): boolean {
    if (!super.remove(waiter)) return false;
    if (this.#byNote !== null) this.#forget(this.#byNote, waiter);
    return true;
  }

  /** Grants `value` to all. */
  grantAll(value: T): void {
    for (let next = this.shift(); next !== null; next = this.shift()) next.grant(value);
  }

  /** Ends the waits with that note: the work grows with their number, not with that of all. */
  failThose(note: unknown, error: () => unknown): void {
    if (this.size === 0) return;
    if (this.#byNote === null) {
      this.#byNote = new Map();
      for (const waiter of this) enter(this.#byNote, waiter);
    }
    for (const waiter of [...this.#byNote.get(note) ?? []]) {
      this.remove(waiter);
      waiter.fail(error());
    }
  }

  /** Ends all waits, each with an error of its own. */
  failAll(error: () => unknown): void {
    for (let next = this.shift(); next !== null; next = this.shift()) next.fail(error());
  }

  #forget(byNote: Map<unknown, Set<Waiter<T, B>>>, waiter: Waiter<T, B>): void {
    const those = byNote.get(waiter.note)!;
    those.delete(waiter);
    if (those.size === 0) byNote.delete(waiter.note);
    if (this.size === 0) this.#byNote = null;
  }
}

function enter<T, B>(byNote: Map<unknown, Set<Waiter<T, B>>>, waiter: Waiter<T, B>): void {
  const those = byNote.get(waiter.note);
  if (those === undefined) byNote.set(waiter.note, new Set([waiter]));
  else those.add(waiter);
}
