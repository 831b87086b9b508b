/** A stretch of a task that can be cancelled. */
export class CancelScope {
  readonly reason: string | undefined = undefined;
  /** Whether cancelling `scope` cancels what is in this one. */
  cancelledBy(_scope: CancelScope): boolean {
    return false;
  }
  effective(): CancelScope | null {
    return null;
  }
  noteDelivery(): void {}
  noteThrown(_error: Error): void {}
  takeError(): Error | null {
    return null;
  }
}
