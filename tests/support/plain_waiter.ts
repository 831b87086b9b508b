/** A waiter of nobody: what the state machines of `sync` are tested with. */
import { Waiter } from "../../src/sync/waiter.ts";

/** Notes that it was woken; its test takes the turn. */
export class PlainWaiter<T, B = unknown> extends Waiter<T, B> {
  woken = false;

  protected override wake(): void {
    this.woken = true;
  }

  /** Takes its turn: returns how the wait has ended and with what. */
  turn(): [state: string, outcome: unknown] {
    return [this.conclude(), this.outcome];
  }
}
