/**
 * What this package can revive, and where its classes stand.
 *
 * A message names a kind; which module that means is decided here, so that no message makes this side load one
 * of the sender's choosing. The paths are data and not imports: a starting thread would pay for each of them.
 */
const PATHS: ReadonlyMap<string, string> = new Map([
  ...under("threading", {
    "threading.Lock": "sync/lock",
    "threading.RLock": "sync/rlock",
    "threading.RWLock": "sync/rwlock",
    "threading.Condition": "sync/condition",
    "threading.Semaphore": "sync/semaphore",
    "threading.BoundedSemaphore": "sync/semaphore",
    "threading.Event": "sync/event",
    "threading.Barrier": "sync/barrier",
    "threading.Value": "memory/value",
    "threading.SharedArray": "memory/shared_array",
    "threading.Local": "memory/local",
    "threading.Gil": "sync/gil",
  }),
  ...under("queue", {
    "queue.Queue": "queue",
    "queue.SimpleQueue": "simple_queue",
    "queue.LifoQueue": "lifo_queue",
    "queue.PriorityQueue": "priority_queue",
  }),
  ...under("multiprocessing", {
    "mp.Lock": "sync/lock",
    "mp.RLock": "sync/rlock",
    "mp.Condition": "sync/condition",
    "mp.Semaphore": "sync/semaphore",
    "mp.BoundedSemaphore": "sync/semaphore",
    "mp.Event": "sync/event",
    "mp.Barrier": "sync/barrier",
    "mp.Value": "managers/value",
    "mp.Queue": "sync/queue",
    "mp.JoinableQueue": "sync/queue",
    "mp.SimpleQueue": "sync/queue",
    "mp.ManagedDict": "managers/managed_dict",
    "mp.ManagedList": "managers/managed_list",
    "mp.ManagedArray": "managers/managed_array",
    "mp.Connection": "connection/pipe",
    "mp.SharedMemory": "memory/shared_memory",
    "mp.SharedArray": "memory/shared_array",
    "mp.ShareableList": "memory/shareable_list",
  }),
]);

/** The module of this package that notes `kind`; `undefined` if the kind is not the package's own. */
export function packageModule(kind: string): string | undefined {
  const path = PATHS.get(kind);
  return path === undefined ? undefined : new URL(path, import.meta.url).href;
}

/** The module of this package that notes `kind` and all of its like, for one that may bring any of them. */
export function packageCollection(kind: string): string | undefined {
  if (!kind.startsWith("threading.")) return packageModule(kind);
  return new URL("../../threading/memory/kinds.ts", import.meta.url).href;
}

/** All kinds of this package. */
export function packageKinds(): string[] {
  return [...PATHS.keys()];
}

function under(folder: string, files: Record<string, string>): [string, string][] {
  return Object.entries(files).map(([kind, file]) => [kind, `../../${folder}/${file}.ts`]);
}
