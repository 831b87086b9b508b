/** How the console shows what asyncio makes: by name and state, since private fields show nothing. */
import { Barrier } from "../sync/barrier.ts";
import { CancelScope } from "../scope/cancel_scope.ts";
import { CapacityLimiter } from "../sync/capacity_limiter.ts";
import { Condition } from "../sync/condition.ts";
import { Context } from "../context/context.ts";
import { Event } from "../sync/event.ts";
import { EventLoop } from "../loop/event_loop.ts";
import { Handle, TimerHandle } from "../loop/handles.ts";
import { Lock } from "../sync/lock.ts";
import { Receiver, Sender } from "../sync/open_channel.ts";
import { Queue } from "../sync/queue.ts";
import { Semaphore } from "../sync/semaphore.ts";
import { TaskGroup } from "../scope/task_group.ts";
import { Timeout } from "../scope/timeout.ts";

/** Asks the console for a text in place of the bare fields, of which private ones would show nothing. */
const INSPECT = Symbol.for("Deno.customInspect");

/** Has the console show objects of `kind` by name and what `show` tells of them. */
function showAs<T extends object>(
  kind: abstract new (...args: never[]) => T,
  show: (shown: T) => unknown,
): void {
  Object.defineProperty(kind.prototype, INSPECT, {
    configurable: true,
    writable: true,
    value(this: T, inspect: (value: unknown, options?: unknown) => string, options?: unknown) {
      // The prototype itself has none of the fields.
      if (this === kind.prototype) return `[${kind.name}.prototype]`;
      return `${this.constructor.name} ${inspect(show(this), options)}`;
    },
  });
}

/** What tells of itself. */
type Counting = abstract new (...args: never[]) => { statistics(): unknown };

const counting: Counting[] = [
  Barrier,
  CapacityLimiter,
  Condition,
  Event,
  Lock,
  Queue,
  Receiver,
  Semaphore,
  Sender,
  TaskGroup,
];
for (const kind of counting) showAs(kind, (shown) => ({ ...shown.statistics() as object }));

showAs(CancelScope, ({ cancelCalled, deadline, shield }) => ({ cancelCalled, deadline, shield }));
showAs(Timeout, (shown) => ({ when: shown.when(), expired: shown.expired() }));
showAs(EventLoop, ({ isRunning, isClosed, ready, timersAhead }) => ({
  running: isRunning,
  closed: isClosed,
  ready: ready.size,
  timers: timersAhead,
}));
showAs(Handle, (shown) => ({ call: nameOf(shown), cancelled: shown.cancelled() }));
showAs(TimerHandle, (shown) => ({
  call: nameOf(shown),
  cancelled: shown.cancelled(),
  when: shown.when(),
}));
showAs(
  Context,
  (shown) => Object.fromEntries([...shown].map(([{ name }, value]) => [name, value])),
);

function nameOf({ callback }: Handle): string | null {
  return callback === null ? null : callback.name || "(anonymous)";
}
