import type * as Core from "@nats-io/transport-node";
import type { NatsConnection, NodeConnectionOptions } from "@nats-io/transport-node";
import type * as JetStream from "@nats-io/jetstream";
import type * as Kv from "@nats-io/kv";
import type * as Obj from "@nats-io/obj";

/** The client's packages. */
export interface NatsClient {
  readonly core: typeof Core;
  readonly jetstream: typeof JetStream;
  readonly kv: typeof Kv;
  readonly obj: typeof Obj;
  /** Connects to a server. */
  connect(options: NodeConnectionOptions): Promise<NatsConnection>;
}

let loading: Promise<NatsClient> | null = null;

/** Loads the client with the first connection: who only imports this module pays nothing for it. */
export function loadClient(): Promise<NatsClient> {
  loading ??= load();
  return loading;
}

async function load(): Promise<NatsClient> {
  const [core, jetstream, kv, obj, { NodeTransport, nodeResolveHost }] = await Promise.all([
    import("@nats-io/transport-node"),
    import("@nats-io/jetstream"),
    import("@nats-io/kv"),
    import("@nats-io/obj"),
    import("@nats-io/transport-node/lib/node_transport.js"),
  ]);

  /**
   * The client lets go of a socket by taking away all that listens to it. On Deno a socket that its server resets, as it does when it
   * does not let the client in, then still says so; and an error that nobody listens to ends the program.
   */
  class HeardTransport extends NodeTransport {
    override dial(...args: Parameters<InstanceType<typeof NodeTransport>["dial"]>) {
      return heard(super.dial(...args));
    }
    override startTLS() {
      return heard(super.startTLS());
    }
    override tlsFirst(...args: Parameters<InstanceType<typeof NodeTransport>["tlsFirst"]>) {
      return heard(super.tlsFirst(...args));
    }
  }

  const connect = (options: NodeConnectionOptions): Promise<NatsConnection> => {
    core.setTransportFactory({
      factory: () => new HeardTransport(),
      dnsResolveFn: nodeResolveHost,
    });
    return core.NatsConnectionImpl.connect(options);
  };
  return { core, jetstream, kv, obj, connect };
}

/** What of a socket is needed here. */
interface Socket {
  on(name: "error", listener: () => void): unknown;
  removeAllListeners(name?: string): this;
}

/** Has somebody listen to the errors of a socket, whoever stops to. */
function heard<S extends Socket>(opening: Promise<S>): Promise<S> {
  return opening.then((socket) => {
    const listen = (): void => void socket.on("error", () => {}); // who uses it is told when it closes
    const removeAll = socket.removeAllListeners;
    socket.removeAllListeners = function (this: S, ...names: []): S {
      removeAll.apply(socket, names);
      listen();
      return socket;
    };
    listen();
    return socket;
  });
}
