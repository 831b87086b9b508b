import type * as Core from "@nats-io/transport-node";
import type * as JetStream from "@nats-io/jetstream";
import type * as Kv from "@nats-io/kv";
import type * as Obj from "@nats-io/obj";

/** The client's packages. */
export interface NatsClient {
  readonly core: typeof Core;
  readonly jetstream: typeof JetStream;
  readonly kv: typeof Kv;
  readonly obj: typeof Obj;
}

let loading: Promise<NatsClient> | null = null;

/** Loads the client with the first connection: who only imports this module pays nothing for it. */
export function loadClient(): Promise<NatsClient> {
  loading ??= load();
  return loading;
}

async function load(): Promise<NatsClient> {
  const [core, jetstream, kv, obj] = await Promise.all([
    import("@nats-io/transport-node"),
    import("@nats-io/jetstream"),
    import("@nats-io/kv"),
    import("@nats-io/obj"),
  ]);
  return { core, jetstream, kv, obj };
}
