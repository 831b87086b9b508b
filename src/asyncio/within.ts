import type { TaskFunction } from "./awaitable.ts";
import { taskHere } from "./here.ts";
import { Operation } from "./operation.ts";
import type { Scope } from "./scope.ts";
import { Task } from "./task.ts";

/** What a scope makes of the way in which its block has ended. */
export interface ScopeOutcome<T> {
  /** Answers what to give in place of `error`, or throws. */
  failed(error: unknown): T;
}

/**
 * Runs `fn` as the block of `scope`, and answers what comes of it.
 *
 * - The function runs in a task of its own, begun at once, so that blocks which run side by side do not
 *   share their scopes. Cancelling the caller's wait cancels it and waits for its clean-up.
 */
export function within<T, U>(
  scope: Scope,
  fn: TaskFunction<T>,
  outcome: ScopeOutcome<U>,
): Operation<T | U> {
  const caller = taskHere();
  const block = new Task<T>(scope.loop, fn, { eager: true, scope, gentle: true });
  return Operation.begin(scope.loop, caller, follow());

  function* follow(): Generator<unknown, T | U, unknown> {
    try {
      return yield* block;
    } catch (error) {
      return outcome.failed(error);
    } finally {
      scope.leave();
    }
  }
}
