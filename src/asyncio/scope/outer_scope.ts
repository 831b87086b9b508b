import type { CancelledError } from "../../core/errors.ts";
import { Scope } from "./scope.ts";
import type { TaskLike } from "../loop/contract.ts";

/**
 * What is around a task that is a part of another one's block: a child of a group, a block that runs as a task.
 *
 * Such a task is cancelled with the block, by one request. A level scope around the block ends every wait that is
 * begun inside of it, and so those of the task, also the ones after that request.
 */
class OuterScope extends Scope {
  protected readonly level = true;
  /** The scopes around, the innermost first, with the task that was in each then: one that is left counts no more. */
  readonly #scopes: readonly (readonly [Scope, TaskLike<unknown> | null])[];

  constructor(base: Scope, task: TaskLike<unknown>) {
    super(false, task.getLoop());
    const scopes: (readonly [Scope, TaskLike<unknown> | null])[] = [];
    for (let each: Scope | null = base; each !== null; each = each.around) {
      if (each instanceof OuterScope) scopes.push(...each.#scopes);
      else scopes.push([each, each.task]);
    }
    this.#scopes = scopes;
    this.enter(task);
  }

  override get reason(): string | undefined {
    return this.levelDue()?.reason;
  }

  override due(): Scope | null {
    return this.levelDue() === null ? null : this;
  }

  override levelDue(): Scope | null {
    for (const [scope, task] of this.#scopes) {
      if (scope.task !== task) continue;
      if (scope.cancelsEach) return scope;
      if (scope.shield) return null;
    }
    return null;
  }

  /** The error is the task's own: it leaves no block of that scope here. */
  override throwing(error: CancelledError): Error {
    return error;
  }
}

/** Puts `task` into what is around the block whose innermost scope is `base`, if a level scope is. */
export function enterFrom(base: Scope | null, task: TaskLike<unknown>): void {
  if (base !== null && base.reachedByLevel) new OuterScope(base, task);
}
