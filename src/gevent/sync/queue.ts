/** The queues of gevent: `gevent.queue`. */
import { EmptyError, FullError, ShutDownError } from "../../core/errors.ts";

export { Channel } from "./channel.ts";
export { Queue, type QueueStatistics, StopIteration } from "./greenlet_queue.ts";
export { JoinableQueue } from "./joinable_queue.ts";
export { LifoQueue } from "./lifo_queue.ts";
export { PriorityQueue } from "./priority_queue.ts";
export { Queue as SimpleQueue } from "./greenlet_queue.ts";
export { Queue as UnboundQueue } from "./greenlet_queue.ts";
export {
  EmptyError,
  EmptyError as Empty,
  FullError,
  FullError as Full,
  ShutDownError,
  ShutDownError as ShutDown,
};
