import type { PoolSettings } from "../../wire/pool/pool_settings.ts";
import { WorkerTransport } from "./worker_transport.ts";
import { zombieThreads } from "./zombies.ts";

/**
 * What a pool needs to know so that its workers are threads, whose names begin with `namePrefix`.
 *
 * They run in kept Web Workers, and leave them to others; unless the pool replaces its workers after some tasks, which
 * is to have new ones.
 */
export function threadWorkers(
  { namePrefix, maxTasksPerWorker }: Pick<PoolSettings, "namePrefix" | "maxTasksPerWorker">,
): Pick<PoolSettings, "reach" | "namePrefix" | "start" | "zombies"> {
  const fresh = maxTasksPerWorker !== Infinity;
  return {
    reach: "thread",
    namePrefix,
    start: (name) => {
      const transport = new WorkerTransport(name, fresh);
      return {
        transport,
        offers: transport.slots,
        isKept: !fresh,
        kill: () => transport.close(),
        keepProgram: (keeps) => keeps ? transport.hold() : transport.letGo(),
      };
    },
    zombies: () => zombieThreads().filter((name) => name.startsWith(namePrefix)).length,
  };
}
