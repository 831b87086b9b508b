/**
 * How an error travels: as a record, because structured clone drops its class and its fields.
 *
 * The class is found again by its name: the language's own error classes, quartet's, and those made
 * portable. Any other arrives as a `RemoteError` that keeps the name, the fields and the remote stack.
 */
import * as errors from "../core/errors.ts";
import { ExceptionGroup } from "../core/exception_group.ts";
import { type ErrorClass, portableErrorClass } from "./portable.ts";

/** What of an error crosses. Its values are encoded by the codec like any others. */
export interface Fault {
  readonly name: string;
  readonly className: string;
  readonly message: string;
  readonly stack: string;
  /** Its own enumerable fields, but for the ones above. */
  readonly fields: Record<string, unknown>;
  /** `[cause]` when there is one, so that a cause of `undefined` survives. */
  readonly cause: readonly unknown[];
  /** Of an `AggregateError`. */
  readonly errors: readonly unknown[] | null;
}

const ours = { ...errors, ExceptionGroup };

const KEPT = new Set(["name", "message", "stack", "cause", "errors"]);

/** Takes `error` apart. */
export function toFault(error: Error): Fault {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(error)) {
    if (!KEPT.has(key) && isField(value)) fields[key] = value;
  }
  return {
    name: String(error.name),
    className: error instanceof errors.RemoteError
      ? error.remoteName
      : error.constructor?.name || "Error",
    message: String(error.message),
    stack: String(error.stack ?? ""),
    fields,
    cause: "cause" in error ? [error.cause] : [],
    errors: error instanceof AggregateError ? error.errors : null,
  };
}

/** Puts the error together again, as near to what it was as this side's classes allow. */
export function fromFault(fault: Fault): Error {
  const known = findClass(fault.className);
  const error: Error = known === DOMException
    ? new DOMException(fault.message, fault.name)
    : known !== undefined
    ? build(known, fault)
    : new errors.RemoteError(fault.message, {
      remoteName: fault.className,
      remoteStack: fault.stack,
    });
  if (known !== undefined && known !== DOMException && error.name !== fault.name) {
    define(error, "name", fault.name);
  }
  // Defined and not assigned: a field may be called __proto__.
  for (const key of Object.keys(fault.fields)) {
    Object.defineProperty(error, key, {
      value: fault.fields[key],
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  if (fault.cause.length > 0) define(error, "cause", fault.cause[0]);
  if (fault.stack !== "") define(error, "stack", fault.stack);
  return error;
}

/**
 * Made without running the class's constructor, whose parameters nobody here knows; the prototype and the
 * fields are what callers look at.
 */
function build(known: ErrorClass, fault: Fault): Error {
  const error: Error = fault.errors === null
    ? new Error(fault.message)
    : new AggregateError(fault.errors, fault.message);
  Object.setPrototypeOf(error, known.prototype);
  return error;
}

function findClass(name: string): ErrorClass | undefined {
  const portable = portableErrorClass(name);
  if (portable !== undefined) return portable;
  const own = (ours as Record<string, unknown>)[name];
  if (isErrorClass(own)) return own;
  const platform = (globalThis as unknown as Record<string, unknown>)[name] ??
    (Deno.errors as unknown as Record<string, unknown>)[name];
  return isErrorClass(platform) ? platform : undefined;
}

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === "function" &&
    (value === Error || value.prototype instanceof Error);
}

/** A field that cannot cross (a function, a symbol) must not keep the error from crossing. */
function isField(value: unknown): boolean {
  return typeof value !== "function" && typeof value !== "symbol";
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true });
}
