/** What a start method gives: see `getContext`. */
export { Barrier } from "../sync/barrier.ts";
export { Client } from "../connection/client.ts";
export { Condition } from "../sync/condition.ts";
export { Event } from "../sync/event.ts";
export { Listener } from "../connection/listener.ts";
export { Lock } from "../sync/lock.ts";
export { Manager } from "../managers/manager.ts";
export { Pipe } from "../connection/pipe.ts";
export { Pool } from "../pool/pool.ts";
export { Process } from "./process.ts";
export { JoinableQueue, Queue, SimpleQueue } from "../sync/queue.ts";
export { activeChildren, cpuCount, currentProcess, parentProcess } from "./process_info.ts";
export { RLock } from "../sync/rlock.ts";
export { BoundedSemaphore, Semaphore } from "../sync/semaphore.ts";
export { SharedArray } from "../memory/shared_array.ts";
export { ShareableList } from "../memory/shareable_list.ts";
export { SharedMemory } from "../memory/shared_memory.ts";
export { Value } from "../managers/value.ts";
