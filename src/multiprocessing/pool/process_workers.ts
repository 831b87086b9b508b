import type { PoolSettings } from "../../wire/pool/pool_settings.ts";
import type { ChildOptions, ChildTransport } from "../process/child_transport.ts";
import { startChild } from "../process/spares.ts";

/**
 * What a pool needs to know so that its workers are processes.
 *
 * @param options how each is started.
 * @param started told of each that was.
 */
export function processWorkers(
  options: Pick<ChildOptions, "permissions" | "env"> & { readonly daemon?: boolean },
  started: (child: ChildTransport) => void = () => {}, // nobody has to be told
): Pick<PoolSettings, "reach" | "start" | "zombies"> {
  const { daemon, ...given } = options;
  return {
    reach: "process",
    start: (name) => {
      const info = daemon === undefined ? { name } : { name, daemon };
      const transport = startChild({ info, ...given });
      started(transport);
      return {
        transport,
        offers: transport.offers,
        kill: () => transport.kill("SIGKILL"),
        keepProgram: (keeps) => keeps ? transport.ref() : transport.unref(),
      };
    },
    zombies: () => 0, // a process can be killed
  };
}
