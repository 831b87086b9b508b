import { type ClockTimer, realClock } from "../../core/clock.ts";
import { thisNode } from "../objects/node.ts";
import type { Core } from "../objects/served_objects.ts";
import { lendTo, Lent } from "./lent.ts";

/** How long a process that has the lease may take the lock again ahead of those that wait, in milliseconds. */
export const SLICE = 1;

/**
 * A lock that a process keeps between its holds. It notes each release and each further hold, in turn: see
 * `process/ledger.ts`. So the home sees at any moment whether the lock is held there, and can have it back.
 *
 *     open ──somebody wants it, or the notes are long; it is not held there──▶ recalled: over, the lock is free
 *       └──somebody wants it, and it is held there──▶ wanted
 *     wanted ──the process gives it up, at a release──▶ over
 *       └──after a slice──▶ recalled: over if it is not held, else at the next release
 *     either ──another process releases the lock, or its process has ended──▶ over
 */
export class Lease extends Lent {
  #timer: ClockTimer | null = null;

  /**
   * Leases a lock that the process at `path` holds; `null` if that cannot be.
   *
   * @param recall has it back, if it is not held.
   */
  static to(path: string, recall: () => void): Lease | null {
    const opened = lendTo(path, recall);
    return opened && new Lease("lease", opened);
  }

  /** Whether the process holds the lock. */
  get isHeld(): boolean {
    return this.noted % 2 === 0;
  }

  /** Tells the process that somebody waits, and has `due` called after a slice. */
  want(core: Core, due: () => void): void {
    if (this.#timer !== null || this.isRecalled) return;
    this.callAfterSlice(due);
    thisNode().post(this.path, core, "wanted", this.number);
  }

  /** Has `due` called after a slice. */
  callAfterSlice(due: () => void): void {
    this.#timer = realClock.setTimer(() => {
      this.#timer = null;
      due();
    }, SLICE);
  }

  /** Forgets it. */
  override end(): void {
    this.#timer?.cancel();
    super.end();
  }
}
