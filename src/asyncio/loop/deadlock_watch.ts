import { type ClockTimer, pendingTimers, realClock, setSoon } from "../../core/clock.ts";
import { onDeadlock } from "../../core/deadlock.ts";
import { DeadlockError } from "../../core/errors.ts";
import { anythingReady } from "../../core/readiness.ts";
import { registeredTasks } from "../task/task_registry.ts";
import { taskTree } from "../task/task_tree.ts";
import type { Loop } from "./contract.ts";

/** How long, in real milliseconds, a loop in virtual time must stand still. */
const PATIENCE = 100;

/**
 * Sees when everything in a loop waits and nothing can ever wake it.
 *
 * What is known for certain differs:
 *
 * - The program has nothing left to do while the loop runs: the platform says so, see `onDeadlock`.
 * - In virtual time, when no timer is left: after a short real time of quiet.
 * - When the caller of `run` has said that nothing outside of the loop wakes its tasks: at once.
 *
 * In the last two every task must wait for primitives or for other tasks: nobody knows what a promise,
 * a bare future, a stream or a thread may still bring.
 */
export class DeadlockWatch {
  readonly #loop: Loop;
  readonly #certain: boolean;
  readonly #fail: (error: DeadlockError) => void;
  readonly #forget: () => void;
  #ended = false;
  #checkAhead = false;
  #timer: ClockTimer | null = null;

  /**
   * Begins to watch a loop that runs.
   *
   * @param certain whether nothing outside of the loop wakes its tasks.
   * @param fail called with the error.
   */
  constructor(loop: Loop, certain: boolean, fail: (error: DeadlockError) => void) {
    this.#loop = loop;
    this.#certain = certain;
    this.#fail = fail;
    this.#forget = onDeadlock(() => {
      this.#report();
      return true;
    });
  }

  /** The loop has nothing in line. */
  idle(): void {
    if (this.#checkAhead || (!this.#certain && pendingTimers() === undefined)) return;
    this.#checkAhead = true;
    setSoon(() => {
      this.#checkAhead = false;
      if (!this.#stuck()) return;
      if (this.#certain) return this.#report();
      const passes = this.#loop.ready.passes;
      this.#timer?.cancel();
      this.#timer = realClock.setTimer(() => {
        this.#timer = null;
        if (passes === this.#loop.ready.passes && this.#stuck()) this.#report();
      }, PATIENCE);
    });
  }

  /** Ends the watch: the loop does not run any more. */
  end(): void {
    this.#ended = true;
    this.#forget();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #stuck(): boolean {
    const { ready } = this.#loop;
    if (this.#ended || ready.size > 0 || this.#loop.timersAhead > 0) return false;
    if (anythingReady() || (!this.#certain && pendingTimers() !== 0)) return false;
    let any = false;
    for (const task of registeredTasks()) {
      if (task.getLoop() !== this.#loop) continue;
      if (!task.closed) return false;
      any = true;
    }
    return any;
  }

  #report(): void {
    this.#fail(
      new DeadlockError(
        `Everything waits and nothing can wake it; the tasks:\n${taskTree(this.#loop)}`,
      ),
    );
  }
}
