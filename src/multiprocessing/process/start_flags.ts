import { ownFlags, withLock } from "../../wire/rpc/start_flags.ts";
import { identity } from "./process_identity.ts";

let found: readonly string[] | null = null;

/** The flags by which a child resolves imports as this process does; found out once. */
export function startFlags(): readonly string[] {
  return found ??= identity.flags ?? withLock(ownFlags());
}
