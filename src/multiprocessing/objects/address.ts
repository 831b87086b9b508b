import { show } from "../../core/check.ts";

/** Where a listener listens: a path for a Unix socket, or a host and port for TCP. */
export type ListenerAddress =
  | string
  | { readonly hostname: string; readonly port: number }
  | readonly [hostname: string, port: number];

/** An address as Deno takes it. */
export type SocketAddress =
  | { readonly transport: "unix"; readonly path: string }
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number };

/** Reads an address; refuses what is none. */
export function socketAddress(address: ListenerAddress): SocketAddress {
  if (typeof address === "string" && address !== "") return { transport: "unix", path: address };
  if (Array.isArray(address)) {
    const [hostname, port] = address as [string, number];
    return tcp(hostname, port);
  }
  if (typeof address === "object" && address !== null && "port" in address) {
    return tcp(address.hostname, address.port);
  }
  throw new TypeError(
    `Cannot use address ${show(address)}: give a path, or { hostname, port }`,
  );
}

function tcp(hostname: string, port: number): SocketAddress {
  if (typeof hostname !== "string") {
    throw new TypeError(`Cannot use host name ${show(hostname)}: give a string`);
  }
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`Cannot use port ${show(port)}: give 0 to 65535`);
  }
  return { transport: "tcp", hostname, port };
}
