import type { PoolSettings } from "../../wire/pool/pool_settings.ts";
import { WorkerTransport } from "./worker_transport.ts";
import { zombieThreads } from "./zombies.ts";

/** What a pool needs to know so that its workers are threads, whose names begin with `namePrefix`. */
export function threadWorkers(
  namePrefix: string,
): Pick<PoolSettings, "reach" | "namePrefix" | "start" | "zombies"> {
  return {
    reach: "thread",
    namePrefix,
    start: (name) => {
      const transport = new WorkerTransport(name);
      return {
        transport,
        offers: transport.slots,
        kill: () => transport.close(),
        keepProgram: (keeps) => keeps ? transport.hold() : transport.letGo(),
      };
    },
    zombies: () => zombieThreads().filter((name) => name.startsWith(namePrefix)).length,
  };
}
