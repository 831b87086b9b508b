/** What this process knows of its own place among processes; filled by the entry of a child. */
import type { ChildInfo } from "./child_arguments.ts";
import type { ParentTransport } from "./parent_transport.ts";

/** This process's place; `null` in one that nobody of this library started. */
export const identity: {
  info: ChildInfo | null;
  transport: ParentTransport | null;
  /** The flags with which this process was started; `null` in one that nobody of this library started. */
  flags: readonly string[] | null;
} = { info: null, transport: null, flags: null };
