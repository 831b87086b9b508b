import { type CancelledError, InvalidStateError } from "../../core/errors.ts";
import { runningOrDefaultLoop, runningTask } from "../loop/running_loop.ts";
import type { TimerHandle } from "../loop/handles.ts";
import type { Loop, TaskLike } from "../loop/contract.ts";

/**
 * A stretch of a task that can be cancelled by itself, perhaps at a moment: the ground of cancel scopes,
 * timeouts and task groups.
 *
 *     entered ──cancel──▶ cancelled ──▶ the waits inside end with CancelledError ──▶ left
 *
 * - Scopes nest: each knows the one around it, the task knows the innermost. A wait belongs to the scope
 *   that was innermost when it began; cancelling a scope ends the waits of all scopes inside of it, as
 *   far as no shield stands between.
 * - *Level* scopes end every wait that is begun while they are cancelled, *edge* ones end one only.
 * - It is entered where it is made, if that is in a task, and left when it is disposed.
 */
export abstract class Scope {
  /** Keeps cancels of the scopes around it out. */
  shield = false;
  /** The scope around it. */
  around: Scope | null = null;
  readonly #loop: Loop;
  #task: TaskLike<unknown> | null = null;
  #requestsBefore = 0;
  #cancelled = false;
  #pending = false;
  #reason: string | undefined = undefined;
  #timer: TimerHandle | null = null;
  #deadline = Infinity;
  #thrown: Error[] = [];
  /** Whether a scope around it was cancelled after it was entered. */
  #overtaken = false;
  /** Whether it has had a function as its block. */
  #taken = false;
  /** Whether a cancel that somebody caught is to be told again. */
  #owing = false;

  /** Makes a scope, entered at once or later. */
  constructor(enterNow: boolean, loop: Loop = runningOrDefaultLoop()) {
    this.#loop = loop;
    const task = runningTask();
    if (enterNow && task !== null) this.enter(task);
  }

  /** The task that is in it. */
  get task(): TaskLike<unknown> | null {
    return this.#task;
  }

  /** The loop of its timer. */
  get loop(): Loop {
    return this.#loop;
  }

  /** What the errors say. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Whether it was cancelled. */
  protected get wasCancelled(): boolean {
    return this.#cancelled;
  }

  /** The moment of the loop's `time()` at which it is cancelled; `Infinity`: never. */
  protected get moment(): number {
    return this.#deadline;
  }
  protected set moment(when: number) {
    this.#timer?.cancel();
    this.#timer = null;
    this.#deadline = when;
    if (when === Infinity || this.#cancelled) return;
    this.#timer = this.#loop.callAt(when, () => this.expire());
  }

  /** The error objects on their way out of the block. */
  protected get thrown(): readonly Error[] {
    return this.#thrown;
  }

  /** Whether the task, or a scope around, was cancelled since the scope was entered: then its own cancel is not told. */
  protected get cancelledFromOutside(): boolean {
    if (this.#task === null) return false;
    return this.#overtaken || this.#task.cancelling() > this.#requestsBefore ||
      (!this.shield && this.around !== null && this.around.levelDue() !== null);
  }

  /** Whether it ends every wait while it is cancelled, or only one. */
  protected abstract readonly level: boolean;

  /** What happens at its moment. */
  protected expire(): void {
    this.strike("the deadline of a cancel scope has passed");
  }

  /** Cancels what is inside. */
  protected strike(reason: string | undefined): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#reason = reason;
    this.#timer?.cancel();
    let inner: Scope | null = this.#task === null ? this : this.#task.scope;
    for (; inner !== this && inner !== null; inner = inner.around) {
      if (inner.cancelledBy(this)) inner.#overtaken = true;
    }
    this.deliver();
  }

  /** Ends the waits inside, or has the next one end. */
  protected deliver(): void {
    this.#pending = true;
    this.#task?.interruptWithin(this);
  }

  /** Has a cancel that was caught and could not be told end the next wait too. */
  redeliver(): void {
    if (!this.#cancelled || this.#task === null) return;
    this.#pending = true;
    this.#owing = true;
  }

  /** Has a cancel that came too late for a wait end the next one. */
  comesAgain(): void {
    if (this.#cancelled && this.#task !== null) this.#pending = true;
  }

  /** The scope whose cancel was caught and is still to be told, if any. */
  owing(): Scope | null {
    if (this.#owing) return this;
    return this.shield || this.around === null ? null : this.around.owing();
  }

  /** Takes a cancel back that has reached nobody yet. */
  protected withdraw(): void {
    this.#pending = false;
  }

  /** Takes it for a function as its block, once. */
  take(): void {
    if (this.#taken) {
      throw new InvalidStateError(
        `Cannot run another block in this ${this.constructor.name}: it has had one; make a new one`,
      );
    }
    this.#taken = true;
    this.exit(); // where it was made it is around what follows, as `using` needs it
  }

  /** Puts it around what `task` does from now on. */
  enter(task: TaskLike<unknown>): void {
    this.#task = task;
    this.around = task.scope;
    task.scope = this;
    this.#requestsBefore = task.cancelling();
  }

  /** Takes it away for good. */
  leave(): void {
    this.#timer?.cancel();
    this.exit();
  }

  /** Takes it from around what the task does; scopes may be left in any order. */
  exit(): void {
    const task = this.#task;
    if (task === null) return;
    if (this.#overtaken && this.#thrown.length > 0) this.#handOn();
    if (task.scope === this) task.scope = this.around;
    else {
      for (let inner = task.scope; inner !== null; inner = inner.around) {
        if (inner.around === this) inner.around = this.around;
      }
    }
    task.forgetOrigin(this);
    this.#task = null;
  }

  /** Whether cancelling `scope` reaches into this one. */
  cancelledBy(scope: Scope): boolean {
    if (this === scope) return true;
    return !this.shield && this.around !== null && this.around.cancelledBy(scope);
  }

  /** The scope that has a cancel for a wait begun in this one, if any. */
  due(): Scope | null {
    if (this.#pending) return this;
    return this.shield || this.around === null ? null : this.around.due();
  }

  /** Whether it ends every wait that is begun inside of it now. */
  get cancelsEach(): boolean {
    return this.level && this.#cancelled;
  }

  /** The level scope whose cancel reaches a task that is a part of this scope's block, if any. */
  levelDue(): Scope | null {
    if (this.cancelsEach) return this;
    return this.shield || this.around === null ? null : this.around.levelDue();
  }

  /** Whether this is a level scope, or one is around it. */
  get reachedByLevel(): boolean {
    return this.level || (this.around !== null && this.around.reachedByLevel);
  }

  /** Notes that a wait was ended on its behalf. */
  delivered(): void {
    this.#owing = false;
    if (!this.level) this.#pending = false;
  }

  /** The error to throw on its behalf in place of `error`. */
  throwing(error: CancelledError): Error {
    this.#thrown.push(error);
    return error;
  }

  /** Takes `error`, which is thrown for another reason, as its own too, if its cancel has reached nobody yet. */
  joins(error: CancelledError): void {
    if (!this.#pending) return;
    this.#thrown.push(error);
    this.delivered();
  }

  /** The errors that it does not tell are those of the scopes around that were cancelled meanwhile. */
  #handOn(): void {
    let shielded = this.shield;
    for (let each = this.around; each !== null && !shielded; each = each.around) {
      shielded = each.shield;
      if (!each.#cancelled) continue;
      for (const error of this.#thrown) each.#thrown.push(error);
      each.delivered();
    }
  }

  /** Told of each `CancelledError` that is thrown in the task while it is in this scope. */
  sawCancel(): void {
    // Only task groups care.
  }
}
