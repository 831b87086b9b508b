/** How anything travels. Not exported from the package. */
export * from "./frames/authentication.ts";
export * from "./codec/bytes.ts";
export * from "./frames/channel.ts";
export * from "./rpc/chunk.ts";
export * from "./codec/codec.ts";
export * from "./frames/frame.ts";
export * from "./frames/frame_reader.ts";
export * from "./frames/frame_writer.ts";
export * from "./rpc/worker.ts";
export * from "./rpc/controller.ts";
export * from "./codec/import_guard.ts";
export * from "./pool/job.ts";
export * from "./pool/job_future.ts";
export * from "./pool/job_gate.ts";
export * from "./pool/job_queue.ts";
export * from "./rpc/local_ports.ts";
export { DEEPEST } from "./codec/packing.ts";
export * from "./codec/package_kinds.ts";
export * from "./pool/pool_job.ts";
export * from "./pool/pool_settings.ts";
export * from "./pool/pool_statistics.ts";
export * from "./pool/pool_worker.ts";
export * from "./rpc/port.ts";
export * from "./rpc/port_reader.ts";
export * from "./codec/portable.ts";
export * from "./rpc/protocol.ts";
export { isStackOverflow } from "./codec/refusal.ts";
export * from "./rpc/slot_table.ts";
export * from "./frames/strangers.ts";
export * from "./pool/time_histogram.ts";
export { transfer } from "./codec/transfer.ts";
export * from "./rpc/transport.ts";
export * from "./pool/worker_pool.ts";
export {
  type Handle,
  noteKind,
  returns,
  type Source,
  type Traveller,
  travels,
} from "../shared/mod.ts";
