/** How a value that cannot cross is named, where it stands, and what can be done instead. */
import { TransferError } from "../../core/errors.ts";
import type { Reach } from "../rpc/transport.ts";
import { Kind, knownOf } from "./value_kinds.ts";

/** A step of a path: an index, a name, or the part of a map or set as it is written. */
export type Key = string | number | readonly [written: string];

/** Whether a value was too deep for the stack. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}

export function pathOf(path: readonly Key[], from: number, to: number): string {
  let written = "";
  for (const key of path.slice(from, to)) {
    if (key === "") continue;
    if (typeof key === "number") written += `[${key}]`;
    else written += `${written === "" && typeof key === "string" ? "" : "."}${key}`;
  }
  return written;
}

/** The beginning and the end of a path that is too long for a message. */
export function shortened(path: string): string {
  return path.length <= 120 ? path : `${path.slice(0, 60)} … ${path.slice(-40)}`;
}

export function nameOf(key: unknown): string {
  if (typeof key === "string") return JSON.stringify(key);
  return typeof key === "object" || typeof key === "function" ? what(key) : String(key);
}

export function reasonOf(error: unknown): string {
  return isStackOverflow(error)
    ? "it is nested too deep for the stack that is left here"
    : `reading it failed with ${what(error, true)}`;
}

/** What a value is, as a phrase; never runs into an error of its own. */
export function what(value: unknown, withMessage = false): string {
  try {
    if (typeof value === "function") return `function ${value.name || "without a name"}`;
    if (typeof value !== "object" || value === null) return String(value);
    if (withMessage && value instanceof Error) return `${value.name}: ${value.message}`;
    return `a ${value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1)}`;
  } catch {
    return "an object that cannot be looked at";
  }
}

export function wayOut(value: unknown, reach: Reach, isQueued: boolean): string {
  if (typeof value === "function") {
    return "make it portable(import.meta, …) and submit it, or send data";
  }
  if (typeof value === "object" && value !== null) {
    if (isQueued && value instanceof SharedArrayBuffer) {
      return "use SharedArray, which stays shared";
    }
    if (value instanceof SharedArrayBuffer || value instanceof WebAssembly.Memory) {
      return reach === "process"
        ? "shared memory stays within one process: send a copy, or use multiprocessing.SharedMemory"
        : "make it shared, or send a copy";
    }
    const prototype = Object.getPrototypeOf(value);
    if (
      reach === "thread" && !isQueued && prototype !== null && knownOf(prototype).kind === Kind.PORT
    ) {
      return "move it: transfer(value, [it])";
    }
  }
  return "send plain data";
}

/** A refusal of the platform as the error that says what it means. */
export function refusalOf(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  return new TransferError(`Cannot send the arguments: ${(error as Error).message}`, {
    cause: error,
  });
}
