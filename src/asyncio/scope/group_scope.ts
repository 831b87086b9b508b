import { CancelledError } from "../../core/errors.ts";
import { Scope } from "./scope.ts";

/** The block of a group, for the group's own eyes. */
export class GroupScope extends Scope {
  protected readonly level = false;
  /** What the wait in the block ends with in place of a `CancelledError`. */
  instead: Error | null = null;
  /** Whether the block has got that. */
  told = false;
  /** Called when the block is being cancelled by whomever. */
  onCancel: (() => void) | null = null;

  /** Ends the wait in the block. */
  interrupt(): void {
    this.strike(undefined);
  }

  /** Forgets a cancel that has reached nobody. */
  calm(): void {
    this.withdraw();
  }

  /** Whether its own cancel is what `error` says. */
  owns(error: unknown): boolean {
    return this.wasCancelled && error instanceof CancelledError && !this.cancelledFromOutside;
  }

  /** Whether the task that the block is in was cancelled by another than the group. */
  get overruled(): boolean {
    return this.cancelledFromOutside;
  }

  /** A failure is not told by the cancel of another scope. */
  override joins(error: CancelledError): void {
    if (this.instead === null) super.joins(error);
  }

  override throwing(error: CancelledError): Error {
    super.throwing(error);
    if (this.instead === null) return error;
    this.told = true;
    return this.instead;
  }

  override sawCancel(): void {
    this.onCancel?.();
  }
}
