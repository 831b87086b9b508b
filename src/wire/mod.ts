/** How anything travels. Not exported from the package. */
export * from "./authentication.ts";
export * from "./bytes.ts";
export * from "./channel.ts";
export * from "./chunk.ts";
export * from "./codec.ts";
export * from "./frame.ts";
export * from "./frame_reader.ts";
export * from "./frame_writer.ts";
export * from "./guest.ts";
export * from "./host.ts";
export * from "./import_guard.ts";
export * from "./job.ts";
export * from "./job_future.ts";
export * from "./job_gate.ts";
export * from "./job_queue.ts";
export * from "./near_ports.ts";
export { DEEPEST } from "./packing.ts";
export * from "./package_kinds.ts";
export * from "./pool_job.ts";
export * from "./pool_settings.ts";
export * from "./pool_statistics.ts";
export * from "./pool_worker.ts";
export * from "./port.ts";
export * from "./port_reader.ts";
export * from "./portable.ts";
export * from "./protocol.ts";
export { isStackOverflow } from "./refusal.ts";
export * from "./slot_table.ts";
export * from "./strangers.ts";
export * from "./time_histogram.ts";
export { transfer } from "./transfer.ts";
export * from "./transport.ts";
export * from "./worker_pool.ts";
export {
  type Handle,
  noteKind,
  returns,
  type Source,
  type Traveller,
  travels,
} from "../shared/mod.ts";
