import { checkFunction } from "../../core/check.ts";
import type { TaskFunction } from "../task/awaitable.ts";
import { FollowedTask } from "../task/followed_task.ts";
import { runningTask } from "../loop/running_loop.ts";
import { Operation } from "../task/operation.ts";
import { Scope } from "./scope.ts";
import { Task } from "../task/task.ts";

/** What a scope makes of the way in which its block has ended. */
export interface ScopeOutcome<T> {
  /** Returns what to give in place of `error`, or throws. */
  failed(error: unknown): T;
}

/** What the caller's wait for a block is in: the scopes around, as far as the block is not shielded from them. */
class Wall extends Scope {
  protected readonly level = true;
  readonly #block: Scope;

  constructor(block: Scope, around: Scope) {
    super(false, block.loop);
    this.#block = block;
    this.around = around;
  }

  override cancelledBy(scope: Scope): boolean {
    return !this.#block.shield && this.around!.cancelledBy(scope);
  }

  override due(): Scope | null {
    return this.#block.shield ? null : this.around!.due();
  }
}

/**
 * Runs `fn` as the block of `scope`, and returns what comes of it.
 *
 * - The function runs in a task of its own, begun at once, so that blocks which run side by side do not
 *   share their scopes. Cancelling the caller's wait cancels it and waits for its clean-up.
 * - Behind a shield the cancels of the scopes around the caller do not reach it.
 *
 * @throws {InvalidStateError} if the scope has had a block before: its time and its cancel were that one's.
 */
export function runInScope<T, U>(
  scope: Scope,
  fn: TaskFunction<T>,
  outcome: ScopeOutcome<U>,
): Operation<T | U> {
  checkFunction(fn, "fn");
  scope.take();
  const caller = runningTask();
  const around = caller === null ? null : caller.scope;
  const block = new Task<T>(scope.loop, fn, { eager: true, scope, gentle: true, around });
  const wall = around === null ? undefined : new Wall(scope, around);
  return new Operation(scope.loop, caller, follow(), wall);

  function* follow(): Generator<unknown, T | U, unknown> {
    try {
      return yield* new FollowedTask(block);
    } catch (error) {
      return outcome.failed(error);
    } finally {
      scope.leave();
    }
  }
}
