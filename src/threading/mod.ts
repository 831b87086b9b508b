export * from "./worker_transport.ts";
export * from "./zombies.ts";
