import { InvalidStateError } from "../../core/errors.ts";
import { giveBack } from "../../core/guard.ts";
import { LoopFuture } from "./loop_future.ts";

/** The future of work that ends by itself: a task, or what is done on behalf of one. Others can only cancel it. */
export abstract class WorkFuture<T> extends LoopFuture<T> {
  /** Its result may hold something: it is kept when a cancel comes after it. */
  override get handsOver(): boolean {
    return true;
  }

  /** Releases what the result holds. */
  override giveBack(): void {
    if (this.done() && !this.failed) giveBack(this.result());
  }

  /**
   * Refused: the work brings its result about by itself.
   *
   * @throws {InvalidStateError} always.
   */
  override setResult(_value: T): never {
    refuse(this, "result");
  }

  /**
   * Refused: the work fails by itself; `cancel()` asks it to end.
   *
   * @throws {InvalidStateError} always.
   */
  override setException(_error: unknown): never {
    refuse(this, "exception");
  }
}

function refuse(work: WorkFuture<unknown>, what: string): never {
  const kind = work.constructor.name === "Task" ? "a Task" : "running work";
  throw new InvalidStateError(
    `Cannot set the ${what} of ${kind}: it ends by itself; cancel() asks it to end, ` +
      "and a Future is what others can settle",
  );
}
