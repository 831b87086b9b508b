/** 3. Money goes from one account to another. */
import {
  type Barrier,
  type Lock,
  portable,
  sleepSync,
  type Value,
} from "@quartet/concurrency/threading";

/** An account that several threads work on. */
export interface Account {
  readonly number: number;
  readonly balance: Value;
  readonly lock: Lock;
}

/** Moves 1 from one account to the other, `times` times. */
export const transfer = portable(
  import.meta,
  function transfer(opening: Barrier, from: Account, to: Account, times: number): void {
    opening.waitSync(); // all begin together
    // All take the lock of the smaller number first, so nobody waits in a circle.
    const [first, second] = from.number < to.number ? [from, to] : [to, from];
    for (let i = 0; i < times; i++) {
      using _first = first.lock.acquireSync();
      sleepSync(20); // looks whether there is enough
      using _second = second.lock.acquireSync();
      from.balance.set(from.balance.get() - 1);
      to.balance.set(to.balance.get() + 1);
    }
  },
);
