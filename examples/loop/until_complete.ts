/**
 * `runUntilComplete`, a method of the loop: what it takes, what it returns, what it throws.
 *
 * Run:    deno run examples/loop/until_complete.ts
 * Watch:  in Python it blocks the program and takes a coroutine object or a future. Here it returns a promise, and
 *         takes the function as well. `getEventLoop` makes a loop on first use; Python's does not since 3.14, so that
 *         there a loop is made with `new_event_loop`, or, mostly, by `asyncio.run`.
 */
import { newEventLoop, sleep } from "@quartet/concurrency/asyncio";
import { failureOf, show, thrownBy } from "../show.ts";

function* coroutine() {
  yield* sleep(1);
  return "what the coroutine returned";
}

async function failing(): Promise<never> {
  await sleep(1);
  throw new RangeError("what the coroutine threw");
}

const loop = newEventLoop();
show("a coroutine object gives", await loop.runUntilComplete(coroutine()));
show("a function gives, here", await loop.runUntilComplete(coroutine));
const future = loop.createFuture<string>();
loop.callLater(1, () => future.setResult("what was set"));
show("a future gives", await loop.runUntilComplete(future));
show("a task gives", await loop.runUntilComplete(loop.createTask(() => sleep(1, "its result"))));
show("what fails is thrown again", await failureOf(() => loop.runUntilComplete(failing)));
show("calling the coroutine function alone runs nothing", coroutine().toString());
loop.close();
show("after close()", await thrownBy(() => loop.runUntilComplete(coroutine())));
