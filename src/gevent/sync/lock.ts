/** The locks of gevent: `gevent.lock`. */
export { RLock } from "./rlock.ts";
export {
  BoundedSemaphore,
  DummySemaphore,
  Semaphore,
  type SemaphoreStatistics,
} from "./semaphore.ts";
