/** What a start method gives: see `getContext`. */
export { Barrier } from "./barrier.ts";
export { Client } from "./client.ts";
export { Condition } from "./condition.ts";
export { Event } from "./event.ts";
export { Listener } from "./listener.ts";
export { Lock } from "./lock.ts";
export { Manager } from "./manager.ts";
export { Pipe } from "./pipe.ts";
export { Pool } from "./pool.ts";
export { Process } from "./process.ts";
export { JoinableQueue, Queue, SimpleQueue } from "./queue.ts";
export { activeChildren, cpuCount, currentProcess, parentProcess } from "./relatives.ts";
export { RLock } from "./rlock.ts";
export { BoundedSemaphore, Semaphore } from "./semaphore.ts";
export { SharedArray } from "./shared_array.ts";
export { ShareableList } from "./shareable_list.ts";
export { SharedMemory } from "./shared_memory.ts";
export { Value } from "./value.ts";
