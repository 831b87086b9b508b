/**
 * What this package can revive, and where its classes stand.
 *
 * A message names a kind; which module that means is decided here, so that no message makes this side load one
 * of the sender's choosing. The paths are data and not imports: a starting thread would pay for each of them.
 */
const PATHS: ReadonlyMap<string, string> = new Map([
  ...under("threading", {
    "threading.Lock": "lock",
    "threading.RLock": "rlock",
    "threading.RWLock": "rwlock",
    "threading.Condition": "condition",
    "threading.Semaphore": "semaphore",
    "threading.BoundedSemaphore": "semaphore",
    "threading.Event": "event",
    "threading.Barrier": "barrier",
    "threading.Value": "value",
    "threading.SharedArray": "shared_array",
    "threading.Local": "local",
    "threading.Gil": "gil",
  }),
  ...under("queue", {
    "queue.Queue": "queue",
    "queue.SimpleQueue": "simple_queue",
    "queue.LifoQueue": "lifo_queue",
    "queue.PriorityQueue": "priority_queue",
  }),
  ...under("multiprocessing", {
    "mp.Lock": "lock",
    "mp.RLock": "rlock",
    "mp.Condition": "condition",
    "mp.Semaphore": "semaphore",
    "mp.BoundedSemaphore": "semaphore",
    "mp.Event": "event",
    "mp.Barrier": "barrier",
    "mp.Value": "value",
    "mp.Queue": "queue",
    "mp.JoinableQueue": "queue",
    "mp.SimpleQueue": "queue",
    "mp.ManagedDict": "managed_dict",
    "mp.ManagedList": "managed_list",
    "mp.ManagedArray": "managed_array",
    "mp.Connection": "pipe",
    "mp.SharedMemory": "shared_memory",
    "mp.SharedArray": "shared_array",
    "mp.ShareableList": "shareable_list",
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
  return new URL("../threading/kinds.ts", import.meta.url).href;
}

/** All kinds of this package. */
export function packageKinds(): string[] {
  return [...PATHS.keys()];
}

function under(folder: string, files: Record<string, string>): [string, string][] {
  return Object.entries(files).map(([kind, file]) => [kind, `../${folder}/${file}.ts`]);
}
