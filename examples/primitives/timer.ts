/**
 * A timer: a call after a time, in the background, which can be taken back until then.
 *
 * Run:    deno run examples/primitives/timer.ts
 * Watch:  it does nothing before `start()`, since in Python it is a thread. `cancel()` after it has fired is too
 *         late, and no error.
 */
import { Timer } from "@quartet/concurrency/threading";
import { show } from "../show.ts";

const calls: string[] = [];
const greet = (greeting: string, name: string): void => {
  calls.push(`${greeting}, ${name}`);
};

const timer = new Timer(20, greet, ["hello", "bob"]);
show("before start() it is alive", timer.isAlive);
timer.start();
show("after start() it is alive", timer.isAlive);
show("the program went on at once; calls so far", calls);
await timer.join();
show("after its time the function was called with its arguments", calls);
show("it is alive then", timer.isAlive);
timer.cancel();
show("cancel() after it has fired changes nothing; calls", calls.length);

const late = new Timer(60_000, greet, ["hello", "alice"]);
late.start();
late.cancel();
await late.join();
show("cancel() before the time is over prevents the call; calls", calls.length);
show("finished, the event that join() waits for, is set", late.finished.isSet());
