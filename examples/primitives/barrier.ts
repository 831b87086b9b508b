/**
 * A barrier, method by method: a meeting point, its action, its timeout, and what breaks it.
 *
 * Run:    deno run --allow-read=. examples/primitives/barrier.ts
 * Watch:  the action is called once, by one of the threads, before any of them goes on. A timeout is no "go on": a
 *         thread that waited too long gets BrokenBarrierError, and so do all others, as the meeting cannot take place
 *         any more.
 */
import { Barrier, portable, Thread } from "@quartet/concurrency/threading";
import { until } from "@quartet/concurrency/testing";
import { show, thrownBy } from "../show.ts";

/** Initialises itself, and waits for the others before the work. */
const member = portable(import.meta, function member(barrier: Barrier): number {
  return barrier.waitSync();
});

/** The same, and tells what it gets when the meeting fails. */
const unlucky = portable(import.meta, async function unlucky(barrier: Barrier): Promise<string> {
  return await thrownBy(() => barrier.waitSync());
});

if (import.meta.main) {
  const calls: string[] = [];
  const barrier = new Barrier(3, { action: () => calls.push("the action was called") });
  const start = (): Thread<[Barrier], number> =>
    new Thread({ target: member, args: [barrier] }).start();
  const members = [start(), start()];
  await until(() => barrier.nWaiting === 2);
  show("parties", barrier.parties);
  show("nWaiting, before the last one comes", barrier.nWaiting);
  show("broken", barrier.broken);
  const mine = await barrier.wait();
  show("calls of the action when the barrier was reached", calls.length);
  const places = [mine, ...await Promise.all(members.map((each) => each.result))];
  show("each got a place of its own", places.toSorted());

  show("all have initialised: it can be used again, nWaiting", barrier.nWaiting);

  const waiting = async (): Promise<Thread<[Barrier], Promise<string>>> => {
    const thread = new Thread({ target: unlucky, args: [barrier] }).start();
    await until(() => barrier.nWaiting === 1);
    return thread;
  };
  const reset = await waiting();
  barrier.reset();
  show("reset(): the waiting thread gets", await reset.result);
  show("and the barrier is whole again, broken", barrier.broken);

  const late = await waiting();
  show(
    "wait({ timeout }): when the time is over",
    await thrownBy(() => barrier.wait({ timeout: 10 })),
  );
  show("and so does everybody else", await late.result);
  show("broken", barrier.broken);
  barrier.reset();

  const aborted = await waiting();
  barrier.abort();
  show("abort(): the waiting thread gets", await aborted.result);
  show("and every later wait()", await thrownBy(() => barrier.wait()));
  show("broken", barrier.broken);

  const impatient = new Barrier(2, { timeout: 10 });
  show(
    "a timeout of the constructor is the default of wait()",
    await thrownBy(() => impatient.wait()),
  );
}
