/** A queue between processes that its home serves, though the processes have memory in common. */
import { type Class, constructFor } from "../../src/core/construct_for.ts";
import { QueueCore } from "../../src/multiprocessing/sync/queue_core.ts";

/** Makes one of that class. */
export function servedQueue<Q extends object>(type: Class<Q>, maxsize = 0): Q {
  return constructFor({ core: new QueueCore(Math.max(0, maxsize)) }, type, maxsize);
}
