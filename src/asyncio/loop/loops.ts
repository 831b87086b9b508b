import { checkOptions, show } from "../../core/check.ts";
import { InvalidStateError } from "../../core/errors.ts";
import { onNextThread } from "../../core/parts.ts";
import { EventLoop, type EventLoopOptions } from "./event_loop.ts";
import { installDefaultLoop, runningLoop, runningOrDefaultLoop } from "./running_loop.ts";

let current: EventLoop | null = null;
let ambient: EventLoop | null = null;

onNextThread(() => {
  current = null;
  ambient = null;
});

/** The loop that runs here, or else this thread's default one, with all that its users see of it. */
export function eventLoop(): EventLoop {
  return runningOrDefaultLoop() as EventLoop;
}

installDefaultLoop(() => ambient ??= new EventLoop({ ambient: true }));

/**
 * The loop that runs here.
 *
 * @throws {InvalidStateError} outside of a task or callback of a loop.
 */
export function getRunningLoop(): EventLoop {
  const loop = runningLoop();
  if (loop === undefined) {
    throw new InvalidStateError(
      "Cannot find a running event loop: none runs here; call it inside of run(), a task or a callback",
    );
  }
  return loop as EventLoop;
}

/**
 * The loop that runs here, or else this thread's current one, which is made on first use.
 *
 * It does nothing until it is run. After it was closed a new one is made.
 *
 * @example The way of Python 3.4
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { getEventLoop, sleep } from "@quartet/concurrency/asyncio";
 *
 * const loop = getEventLoop();
 * assertEquals(await loop.runUntilComplete(sleep(1, "done")), "done");
 * loop.close();
 * ```
 */
export function getEventLoop(): EventLoop {
  const running = runningLoop();
  if (running !== undefined) return running as EventLoop;
  if (current === null || current.isClosed) current = new EventLoop();
  return current;
}

/** Makes `loop` this thread's current one; `null`: none. */
export function setEventLoop(loop: EventLoop | null): void {
  if (loop !== null && !(loop instanceof EventLoop)) {
    throw new TypeError(`Cannot set the event loop ${show(loop)}: give an EventLoop or null`);
  }
  current = loop;
}

/** A new loop, which does nothing until it is run. */
export function newEventLoop(options: Omit<EventLoopOptions, "ambient"> = {}): EventLoop {
  checkOptions(options, "newEventLoop()", "debug: true");
  return new EventLoop(options);
}
