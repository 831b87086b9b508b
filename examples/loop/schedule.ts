/**
 * Calls on a schedule: soon, later, at a time, again and again, and not at all.
 *
 * Run:    deno run examples/loop/schedule.ts
 * Watch:  a call that is due waits for its turn in the loop: a plan says "not before", never "exactly then". Each
 *         gives a handle, which can take the call back. Python has no periodic call: one plans its next turn by
 *         itself, by the time that it was meant for, or the delays add up. `callRepeatedly` does that here.
 */
import { Event, getRunningLoop, run, type TimerHandle } from "@quartet/concurrency/asyncio";
import { show } from "../show.ts";

await run(async () => {
  const loop = getRunningLoop();
  const [log, finished] = [[] as string[], new Event()];

  const now = loop.time();
  loop.callAt(now + 200, () => log.push("callAt(now + 200)"));
  loop.callAt(now + 190, () => log.push("callAt(now + 190)"));
  loop.callLater(10, (who: string) => log.push(`callLater(10) for ${who}`), "bob");
  loop.callSoon(() => log.push("callSoon"));
  const cancelled = loop.callLater(100, () => log.push("never"));
  cancelled.cancel();
  show("the call was taken back", cancelled.cancelled());
  log.push("the program goes on");
  loop.callAt(now + 210, () => finished.set());
  await finished.wait();
  show("order", log);

  // Python's way: each turn plans the next one, 5 ms after the time that it was meant for.
  const turns: number[] = [];
  const [begin, enough] = [loop.time(), new Event()];
  let next: TimerHandle;
  const turn = (due: number): void => {
    turns.push(Math.round(due - begin));
    if (turns.length === 4) enough.set();
    else next = loop.callAt(due + 5, turn, due + 5);
  };
  next = loop.callAt(begin + 5, turn, begin + 5);
  await enough.wait();
  show("a periodic call was due at", turns);
  next.cancel();

  // The same, kept by the loop, until it is cancelled.
  const [three, more] = [new Event(), new Event()];
  let count = 0;
  const repeating = loop.callRepeatedly(5, () => {
    if (++count === 3) three.set();
  });
  await three.wait();
  repeating.cancel();
  loop.callLater(30, () => more.set());
  await more.wait();
  show("callRepeatedly, cancelled after the third call: calls", count);
});
