/**
 * A deadlock, named: two threads take two locks in opposite order. And the order that prevents it.
 *
 * Run:    deno run --allow-read=. examples/primitives/deadlock.ts
 * Watch:  each thread holds what the other one wants, and both wait for ever: in Python the program hangs and says
 *         nothing. `findDeadlocks` looks at all threads and tells who holds what; `watchDeadlocks` does it by itself.
 *         Only when one of them gives up can the other go on. The repair is no further lock, but one order in which
 *         all take them.
 */
import {
  Barrier,
  findDeadlocks,
  Lock,
  portable,
  StoppedError,
  Thread,
} from "@quartet/concurrency/threading";
import { until } from "@quartet/concurrency/testing";
import { show } from "../show.ts";

/** Moves money: takes both accounts, the giving one first. */
const transfer = portable(
  import.meta,
  function transfer(from: Lock, to: Lock, both: Barrier): string {
    try {
      using _from = from.acquireSync();
      both.waitSync(); // each has its first lock now: the order that does it, made certain
      using _to = to.acquireSync();
      return "transferred";
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
      return "gave up, since it was asked to stop";
    }
  },
);

/** The same without the danger: the account with the lower number first, whoever gives. */
const transferInOrder = portable(
  import.meta,
  function transferInOrder(accounts: readonly Lock[], from: number, to: number): string {
    using _first = accounts[Math.min(from, to)]!.acquireSync();
    using _second = accounts[Math.max(from, to)]!.acquireSync();
    return `transferred from ${from} to ${to}`;
  },
);

if (import.meta.main) {
  const accounts = [new Lock(), new Lock()] as const;
  const [ann, bob] = accounts;
  const both = new Barrier(2);
  const there = new Thread({ target: transfer, args: [ann, bob, both], name: "ann to bob" })
    .start();
  const back = new Thread({ target: transfer, args: [bob, ann, both], name: "bob to ann" }).start();
  const deadlock = (await until(() => findDeadlocks()[0]))!;
  show("threads in a circle", deadlock.threads.toSorted());
  for (const name of deadlock.threads.toSorted()) {
    const wait = deadlock.waits[deadlock.threads.indexOf(name)]!;
    show(`"${name}" waits for a ${wait.for} that is held by`, wait.heldBy);
  }
  there.stop(); // one has to give up what it holds
  show(there.name, await there.result);
  show(back.name, await back.result);

  const inOrder = [[0, 1], [1, 0]].map(([from, to]) =>
    new Thread({ target: transferInOrder, args: [accounts, from!, to!] }).start()
  );
  for (const thread of inOrder) show("with one order for all", await thread.result);
}
