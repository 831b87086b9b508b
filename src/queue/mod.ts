/**
 * Queues between threads: values go in on one and come out on another.
 *
 * | you want                                              | use                |
 * |-------------------------------------------------------|--------------------|
 * | items in the order in which they were put             | {@link Queue}      |
 * | that, and nothing but put and get                     | {@link SimpleQueue}|
 * | the newest item first                                 | {@link LifoQueue}  |
 * | the most urgent item first                            | {@link PriorityQueue} |
 * | items between processes                               | `multiprocessing.Queue` |
 * | items between tasks of one event loop, nothing copied | `asyncio.Queue`    |
 *
 * @module
 */
export { BaseQueue, type Keeping, type QueueStatistics } from "./base_queue.ts";
export * from "./lifo_queue.ts";
export * from "./priority_queue.ts";
export * from "./queue.ts";
export * from "./simple_queue.ts";
export type { WaitOptions } from "../core/deadline.ts";
export {
  EmptyError,
  FullError,
  ShutDownError,
  StoppedError,
  TransferError,
} from "../core/errors.ts";
export type { Handle } from "../shared/memory/handle.ts";
